import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const script = join(import.meta.dirname, '../../scripts/screening-eval.mjs');

describe('npm run screening:eval', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sotto-eval-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function evaluate(lines: string[], ...more: string[]) {
    const file = join(folder, 'lines.jsonl');
    writeFileSync(file, lines.join('\n'));
    return spawnSync(process.execPath, [script, file, ...more], { encoding: 'utf8' });
  }

  const line = (text: string, label: string): string => JSON.stringify({ text, label });
  const many = Array.from({ length: 60 }, (_, at) => (at % 2 ? line(`lunch at ${at}?`, 'ham') : line(`free prize ${at}, click`, 'spam')));

  it('prints the figures and writes one score a line, in the order of the file', () => {
    const out = join(folder, 'scores.txt');
    const { stdout, status } = evaluate(many, '--scores', out, '--runs', '1');
    expect(status).toBe(0);
    for (const figure of ['(1-ROCA)%', 'F1', 'false-positive rate', 'recall at 0.1 % FPR', 'messages per second']) {
      expect(stdout).toContain(figure);
    }
    const scores = readFileSync(out, 'utf8').trimEnd().split('\n').map(Number);
    expect(scores).toHaveLength(60);
    // Learned by the end: the last spam of the file scores above the last ham in most orders, the mean in every one.
    const mean = (odd: number): number => scores.filter((_, at) => at % 2 === odd).reduce((sum, z) => sum + z, 0) / 30;
    expect(mean(0)).toBeGreaterThan(mean(1));
  });

  it('scores a message before it knows its label: in order, a later label changes no earlier score', () => {
    const scoresOf = (lines: string[]): string[] => {
      const out = join(folder, 'order.txt');
      evaluate(lines, '--scores', out, '--in-order');
      return readFileSync(out, 'utf8').trimEnd().split('\n');
    };
    const turned = [...many.slice(0, -10), ...many.slice(-10).map((text) => text.replace('"spam"', '"ham"'))];
    expect(scoresOf(turned).slice(0, 51)).toEqual(scoresOf(many).slice(0, 51));
  });

  it('uses the shipped prior only when asked to: without it the first message scores nothing', () => {
    const firstScore = (...more: string[]): number => {
      const out = join(folder, 'first.txt');
      evaluate(many, '--scores', out, '--in-order', ...more);
      return Number(readFileSync(out, 'utf8').split('\n')[0]);
    };
    expect(firstScore()).toBe(0);
    expect(firstScore('--prior')).not.toBe(0);
  });

  it.each([
    ['{"text":"a","label":"maybe"}', 'bad-line: line 2: "label" is missing or wrong'],
    ['{"label":"ham"}', 'bad-line: line 2: "text" is missing or wrong'],
    ['{"text":', 'bad-line: line 2 is not JSON'],
    ['[]', 'bad-line: line 2: not an object'],
  ])('refuses %s and says where', (bad, sentence) => {
    const { stderr, stdout, status } = evaluate([many[0]!, bad]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(sentence);
  });
});
