import { describe, expect, it } from '@jest/globals';
import { between } from './use-selection';

describe('a range of rows', () => {
  const rows = ['a', 'b', 'c', 'd'];

  it('goes either way and holds both ends', () => {
    expect(between(rows, 'b', 'd')).toEqual(['b', 'c', 'd']);
    expect(between(rows, 'c', 'a')).toEqual(['a', 'b', 'c']);
    expect(between(rows, 'b', 'b')).toEqual(['b']);
  });

  it('is the row alone where nothing was chosen before or it is gone', () => {
    expect(between(rows, null, 'c')).toEqual(['c']);
    expect(between(rows, 'x', 'c')).toEqual(['c']);
  });
});
