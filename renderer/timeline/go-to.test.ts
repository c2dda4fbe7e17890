import { expect, it } from 'vitest';
import { parseGoTo, parseTime } from './go-to';

const started = '2026-11-22T10:10:56.762913004Z';
const to = (text: string, clock: string | null = started) => parseGoTo(text, 2e9, clock);

it('reads times with and without a unit, and the time of day', () => {
  expect(parseTime('93ms', null)).toBe(93e6);
  expect(parseTime('1.5 µs', null)).toBe(1500);
  expect(parseTime('96 642 560 ns', null)).toBe(96_642_560);
  expect(parseTime('96\u202f642\u202f560', null)).toBe(96_642_560);
  expect(parseTime('10:10:56.763', started)).toBe(86_996);
  expect(parseTime('10:10:57', null)).toBeNull();
  expect(parseTime('00:00:01', '2026-11-22T23:59:59Z')).toBe(2e9);
  expect(parseTime('soon', started)).toBeNull();
});

it('leads to times, ranges, rows and spans', () => {
  expect(to('93 ms')).toEqual({ kind: 'time', atNanos: 93e6 });
  expect(to('93..135 ms')).toEqual({ kind: 'range', window: { fromNanos: 93e6, toNanos: 135e6 } });
  expect(to('93.00 – 135.0 ms')).toEqual({ kind: 'range', window: { fromNanos: 93e6, toNanos: 135e6 } });
  expect(to('10:10:56.8 to 10:10:57')).toMatchObject({ kind: 'range' });
  expect(to('g 12')).toEqual({ kind: 'row', row: 'G12' });
  expect(to('task 3')).toEqual({ kind: 'row', row: 'T3' });
  expect(to('P3')).toEqual({ kind: 'row', row: 'P3' });
  expect(to('tracewell://open?file=/a&from=1&to=2')).toMatchObject({ kind: 'link' });
  expect(to('G12@5000')).toEqual({ kind: 'select', text: 'G12@5000' });
});

it('says what is wrong', () => {
  expect(to('')).toContain('Write a time');
  expect(to('3 s')).toContain('outside');
  expect(to('9..3 ms')).toContain('ends before');
  expect(to('G12@x')).toContain('names no span');
  expect(to('tomorrow')).toContain('is no time');
  expect(to('10:10:57', null)).toContain('no wall clock');
});
