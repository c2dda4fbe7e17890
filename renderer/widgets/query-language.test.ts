import { describe, expect, test } from 'vitest';
import { markedQuery, withItem } from './query-language';

describe('F147: a query and its places', () => {
  test('a problem marks its place, also between two characters', () => {
    const problem = { fromChar: 4, toChar: 7, message: '', expected: [] };
    expect(markedQuery('g:1 foo:2', problem)).toEqual(['g:1 ', 'foo', ':2']);
    expect(markedQuery('g:', { ...problem, fromChar: 2, toChar: 2 })).toEqual(['g:', '\u00a0', '']);
  });

  test('an item takes the place that it is for', () => {
    expect(withItem('g:1 re x', { fromChar: 4, toChar: 6, items: [] }, 'reason:')).toEqual({
      query: 'g:1 reason: x',
      caret: 11,
    });
  });
});
