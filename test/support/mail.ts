import { DevMailbox, type KeptMail } from '@sotto/platform';
import type { Desk } from './desk.js';

/** How long a mail may take: the queue looks for work every two seconds, on two busy cores. */
const PATIENCE = 20_000;

/** Waits for a mail to somebody whose subject satisfies `about`, on a desk without a mail server. Newest first. */
export async function mailTo(desk: Desk, address: string, about: RegExp = /./): Promise<KeptMail> {
  const mailbox = desk.app.get(DevMailbox);
  for (const end = Date.now() + PATIENCE; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const found = mailbox.list().find((mail) => mail.to.address === address && about.test(mail.subject));
    if (found) return found;
  }
  throw new Error(
    `No mail to ${address} about ${about}; there are ${JSON.stringify(mailbox.list().map(({ to, subject }) => [to.address, subject]))}`,
  );
}

/** The link of a mail. */
export function linkIn({ text }: KeptMail): URL {
  const link = /https?:\/\/\S+/.exec(text)?.[0];
  if (!link) throw new Error(`There is no link in ${text}`);
  return new URL(link);
}

/** What the link of a mail carries behind its number sign. */
export const tokenIn = (mail: KeptMail): string => decodeURIComponent(linkIn(mail).hash.slice(1));
