import { Injectable } from '@nestjs/common';
import { ContactsService } from '@sotto/contacts';
import type { Suspicion } from '@sotto/kernel';
import { KeyRing, query, type Tx } from '@sotto/platform';
import type { Channel, Verdict, VerdictBy } from '@sotto/protocol';
import type { ScreenedMessage } from '@sotto/screening';

/** What the filter is told of a conversation. */
export interface Screenable {
  text: string;
  channel: Channel;
  suspicion: Suspicion | null;
  email: string | null;
}

/** What a contact wrote before anybody answered: what the filter reads and learns. */
export interface FirstWordsOf {
  message: ScreenedMessage;
  /** The first message alone, for showing where the words stand. */
  first: string;
  contactId: string;
  email: string | null;
  verdict: Verdict | null;
  by: VerdictBy | null;
  answered: boolean;
}

/** More messages than this before an answer say no more. */
const MESSAGES = 10;
/** What a session begun quicker than a person reads counts as, in seconds. */
const AT_ONCE = 1;

/** Reads what the filter is to judge. */
@Injectable()
export class FirstWords {
  constructor(
    private readonly keys: KeyRing,
    private readonly contacts: ContactsService,
  ) {}

  message({ text, channel, suspicion, email }: Screenable): ScreenedMessage {
    // What somebody typed into a chat is nobody's proven address.
    return {
      text,
      channel,
      ...(email && channel !== 'web' ? { from: email } : {}),
      ...(suspicion === 'fast' ? { secondsToSend: AT_ONCE } : {}),
    };
  }

  /** Null where the conversation holds no word of its contact, or they are erased. */
  async of(tx: Tx, accountId: string, conversationId: string): Promise<FirstWordsOf | null> {
    const [conversation] = await query<{
      contactId: string;
      channel: Channel;
      suspicion: Suspicion | null;
      verdict: Verdict | null;
      by: VerdictBy | null;
      answeredAt: number | null;
    }>(
      tx,
      `select c.contact_id as "contactId", c.channel, c.suspicion, c.verdict, c.verdict_by as by,
              (select min(m.seq) from message m where m.conversation_id = c.id and m.author_kind = 'member' and m.kind = 'message') as "answeredAt"
         from conversation c where c.id = $1`,
      [conversationId],
    );
    if (!conversation) return null;
    const { contactId, channel, suspicion } = conversation;
    const rows = await query<{ id: string; bodySealed: Uint8Array }>(
      tx,
      `select id, body_sealed as "bodySealed" from message
        where conversation_id = $1 and author_kind = 'visitor' and kind = 'message' and ($2::int is null or seq < $2) order by seq limit ${MESSAGES}`,
      [conversationId, conversation.answeredAt],
    );
    const cipher = (await this.keys.ciphers(accountId, [contactId], tx)).get(contactId);
    if (!cipher || rows.length === 0) return null;
    const texts = rows.map(({ id, bodySealed }) => cipher.open('message', id, 'body', bodySealed));
    const email = (await this.contacts.views(tx, accountId, [contactId])).get(contactId)?.email ?? null;
    return {
      message: this.message({ text: texts.join('\n'), channel, suspicion, email }),
      first: texts[0] ?? '',
      contactId,
      email,
      verdict: conversation.verdict,
      by: conversation.by,
      answered: conversation.answeredAt !== null,
    };
  }

  /** Whether a member answered this contact before, or said of what they wrote that it was not spam. */
  async isKnownContact(tx: Tx, contactId: string, except: string): Promise<boolean> {
    const rows = await query(
      tx,
      `select 1 as known from conversation c
        where c.contact_id = $1 and c.id <> $2 and c.status <> 'spam'
          and ((c.verdict = 'ham' and c.verdict_by = 'member')
               or exists (select 1 from message m where m.conversation_id = c.id and m.author_kind = 'member' and m.kind = 'message'))
        limit 1`,
      [contactId, except],
    );
    return rows.length > 0;
  }
}
