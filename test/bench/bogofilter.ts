/** Debian's bogofilter in the online protocol, to be measured beside. One process scores and one registers each message. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Example } from './screening-lines.js';

/** From here its score, 0 to 1, says spam. */
export const BOGOFILTER_SPAM_FROM = 0.5;

/** As a mail: bogofilter reads headers and body. */
function mailOf({ message: { text, subject, from, headers }, mail }: Example): string {
  if (mail !== undefined) return mail;
  if (headers !== undefined) return `${headers}\n\n${text}\n`;
  const sender = from ? `From: ${from}\n` : '';
  const title = subject ? `Subject: ${subject.replace(/\s+/g, ' ')}\n` : '';
  return `${sender}${title}Content-Type: text/plain; charset=utf-8\n\n${text}\n`;
}

function call(home: string, flags: readonly string[], input: string): string {
  const { error, status, stderr, stdout } = spawnSync('bogofilter', ['-d', home, ...flags], { input, encoding: 'utf8' });
  if (error) throw new Error('bogofilter is not installed; on Debian: apt-get install bogofilter');
  // 0 spam, 1 ham, 2 unsure; 3 and more are errors.
  if (status === null || status > 2) throw new Error(`bogofilter failed: ${stderr}`);
  return stdout;
}

/** Scores of the messages, each scored by what was registered before it, then registered. */
export function learnByBogofilter(examples: readonly Example[], order: readonly number[]): Float64Array {
  const home = mkdtempSync(join(tmpdir(), 'bogofilter-'));
  const scores = new Float64Array(examples.length);
  try {
    for (const [place, index] of order.entries()) {
      const mail = mailOf(examples[index]!);
      // -TT: the score alone, all its digits. It scores nothing before it knows anything.
      scores[index] = place === 0 ? BOGOFILTER_SPAM_FROM : Number(call(home, ['-TT'], mail));
      call(home, [examples[index]!.spam ? '-s' : '-n'], mail);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return scores;
}
