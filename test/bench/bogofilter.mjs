/**
 * `node test/bench/bogofilter.mjs FILE.jsonl`: Debian's bogofilter in the protocol of `npm run screening:eval`, same orders,
 * so that the two can be compared. It registers and scores one message per process: minutes for thousands of messages.
 */
import './typescript.mjs';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

const { countsOf, median, missedArea, shuffled } = await import('./figures.ts');
const { readExamples } = await import('./screening-lines.ts');

/** As a mail: bogofilter reads headers and body. */
const mailOf = ({ text, subject, from, headers }) =>
  headers === undefined
    ? `${from ? `From: ${from}\n` : ''}${subject ? `Subject: ${subject.replace(/\s+/g, ' ')}\n` : ''}Content-Type: text/plain; charset=utf-8\n\n${text}\n`
    : `${headers}\n\n${text}\n`;

function learnOnline(examples, order) {
  const home = mkdtempSync(join(tmpdir(), 'bogofilter-'));
  const call = (flags, input) => spawnSync('bogofilter', ['-d', home, ...flags], { input, encoding: 'utf8' });
  const scores = new Float64Array(examples.length);
  try {
    for (const index of order) {
      const mail = mailOf(examples[index].message);
      // -TT: the score alone, all its digits.
      scores[index] = Number(call(['-TT'], mail).stdout);
      call([examples[index].spam ? '-s' : '-n'], mail);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return scores;
}

const [file, runs = '3'] = process.argv.slice(2);
const examples = await readExamples(file);
const spam = examples.map((example) => example.spam);
const results = Array.from({ length: Number(runs) }, (_, run) => learnOnline(examples, shuffled(examples.length, run + 1)));
const f1 = (scores) =>
  countsOf(
    Array.from(scores, (score) => score > 0.5),
    spam,
  ).f1;
console.log(`bogofilter, ${examples.length} messages, ${runs} runs, medians, ${availableParallelism()} cores`);
console.log(`(1-ROCA)%  ${median(results.map((scores) => missedArea(scores, spam))).toFixed(3)}`);
console.log(`F1         ${median(results.map(f1)).toFixed(3)}`);
