import { describe, expect, it } from '@jest/globals';
import { lineDiff } from './line-diff';

const short = (before: string, after: string) =>
  lineDiff(before, after).map(({ change, text }) => `${{ same: ' ', added: '+', removed: '-' }[change]}${text}`);

describe('differences of two texts', () => {
  it('keeps common lines and says what went and what came', () => {
    expect(short('a\nb\nc', 'a\nx\nc\nd')).toEqual([' a', '-b', '+x', ' c', '+d']);
  });

  it('shows a first text as added and a removed one as removed', () => {
    expect(short('', 'a')).toEqual(['+a']);
    expect(short('a', '')).toEqual(['-a']);
  });

  it('gives both texts back', () => {
    const before = 'one\ntwo\ntwo\nthree';
    const after = 'two\none\nthree\nfour';
    const lines = lineDiff(before, after);
    expect(
      lines
        .filter(({ change }) => change !== 'added')
        .map(({ text }) => text)
        .join('\n'),
    ).toBe(before);
    expect(
      lines
        .filter(({ change }) => change !== 'removed')
        .map(({ text }) => text)
        .join('\n'),
    ).toBe(after);
  });
});
