import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { isMail, readMail, type ScreenedMessage } from '@sotto/screening';

const Line = z.object({
  text: z.string(),
  subject: z.string().optional(),
  from: z.string().optional(),
  headers: z.string().optional(),
  channel: z.string().optional(),
  secondsToSend: z.number().nonnegative().optional(),
  label: z.enum(['spam', 'ham']),
});

export interface Example {
  message: ScreenedMessage;
  spam: boolean;
  /** The line's text where it is a whole mail, as it was. */
  mail?: string;
}

/** A file that cannot be used: which line, and why. */
export class BadLine extends Error {
  readonly code = 'bad-line';
}

/** Reads a file of lines. Empty lines are skipped; a text that is a whole mail is read as one. */
export async function readExamples(file: string): Promise<Example[]> {
  const examples: Example[] = [];
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    number++;
    const written = number === 1 ? line.replace(/^\ufeff/, '') : line;
    if (written.trim() === '') continue;
    const { label, ...message } = parse(written, number);
    const spam = label === 'spam';
    if (message.headers !== undefined || !isMail(message.text)) examples.push({ message, spam });
    else examples.push({ message: { ...message, ...readMail(message.text) }, spam, mail: message.text });
  }
  if (examples.length === 0) throw new BadLine('bad-line: the file holds no message.');
  return examples;
}

function parse(line: string, number: number): z.infer<typeof Line> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new BadLine(`bad-line: line ${number} is not JSON.`);
  }
  const parsed = Line.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path } = parsed.error.issues[0]!;
  throw new BadLine(
    `bad-line: line ${number}: ${path.length > 0 ? `"${path.join('.')}" is missing or wrong` : 'not an object'}. ` +
      'Expected { "text": "...", "subject"?: "...", "from"?: "...", "label": "spam" | "ham" }.',
  );
}
