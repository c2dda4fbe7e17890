import { describe, expect, it } from 'vitest';
import { MAX_MARKS, measured, readMarks, removeMark, setNote, sortMarks, toggleMark, type Mark } from './marks';

const at = (fromNanos: number, toNanos = fromNanos, text: string | null = null): Mark => ({
  fromNanos,
  toNanos,
  text,
});

describe('marks', () => {
  it('sets and takes away within the slop', () => {
    const one = toggleMark([], at(100), 5);
    expect(one).toEqual([at(100)]);
    expect(toggleMark(one, at(104), 5)).toEqual([]);
    expect(toggleMark(one, at(106), 5)).toHaveLength(2);
  });
  it('gives a mark a text instead of a second mark', () => {
    const noted = setNote([at(100)], at(100, 100, '  here it stalls '));
    expect(noted).toEqual([at(100, 100, 'here it stalls')]);
    expect(setNote(noted, at(100, 100, '   '))).toEqual([at(100)]);
    expect(removeMark(noted, noted[0]!)).toEqual([]);
  });
  it('measures between the two that were set last, whatever their order in time', () => {
    expect(measured([at(5)])).toBeNull();
    expect(measured([at(5), at(900), at(300, 400)])).toEqual({ fromNanos: 300, toNanos: 900 });
    expect(measured([at(5), at(5, 9)])).toBeNull();
  });
  it('sorts by time', () => {
    expect(sortMarks([at(9), at(3, 8), at(3)])).toEqual([at(3), at(3, 8), at(9)]);
  });
  it('reads what it wrote, and nothing else', () => {
    const list = [at(1), at(2, 3, 'x')];
    expect(readMarks(JSON.parse(JSON.stringify(list)))).toEqual(list);
    expect(readMarks([null, 3, { fromNanos: 5, toNanos: 2 }, { fromNanos: NaN, toNanos: 2 }, at(7)])).toEqual([at(7)]);
    expect(readMarks('no')).toEqual([]);
    expect(readMarks(Array.from({ length: 900 }, (_, i) => at(i)))).toHaveLength(MAX_MARKS);
  });
});
