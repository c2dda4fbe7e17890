import { describe, expect, it } from 'vitest';
import {
  formatClock,
  nanosOfDay,
  formatAxisTimeText,
  formatBytesBinary,
  formatBytesDecimal,
  formatCount,
  formatMean,
  formatDuration,
  formatDurationText,
  formatNanosFull,
  formatRange,
  formatShare,
  formatWallClock,
  formatWallClockAt,
  shortFunction,
} from './format';

/** Narrow spaces read as plain ones, so that the expectations below can be typed. */
const plain = (s: string): string => s.replaceAll('\u202f', ' ');

describe('formatDuration', () => {
  it.each([
    [0, '0 ns'],
    [640, '640 ns'],
    [999, '999 ns'],
    [1000, '1.000 µs'],
    [12_340, '12.34 µs'],
    [1_204_000, '1.204 ms'],
    [185_300_000, '185.3 ms'],
    [2_001_000_000, '2.001 s'],
    [42_910_000_000, '42.91 s'],
    [92_400_000_000, '92.4 s'],
    [252_300_000_000, '4 min 12.3 s'],
    [3_725_000_000_000, '1 h 2 min 5.0 s'],
  ])('%d ns is %s', (nanos, text) => expect(plain(formatDurationText(nanos))).toBe(text));

  it('takes the next unit where rounding would reach it', () => {
    expect(plain(formatDurationText(999.6))).toBe('1.000 µs');
    expect(plain(formatDurationText(999_960))).toBe('1.000 ms');
    expect(plain(formatDurationText(999_960_000))).toBe('1.000 s');
    expect(plain(formatDurationText(9_999_600))).toBe('10.00 ms');
    expect(plain(formatDurationText(59_999_000_000))).toBe('60.0 s');
    expect(plain(formatDurationText(119_990_000_000))).toBe('2 min 0.0 s');
  });

  it('keeps the unit apart and writes a true minus', () => {
    expect(formatDuration(-12_290_000)).toEqual({ value: '\u221212.29', unit: 'ms' });
  });
});

describe('full and axis times', () => {
  it('groups nanoseconds by narrow spaces', () => {
    expect(formatNanosFull(2_944_705)).toBe('2\u202f944\u202f705\u202fns');
    expect(plain(formatNanosFull(0))).toBe('0 ns');
  });

  it('has the decimals of its step', () => {
    expect(plain(formatAxisTimeText(95e6, 5e6))).toBe('95 ms');
    expect(plain(formatAxisTimeText(113_204_000, 1e3))).toBe('113 204 µs');
    expect(plain(formatAxisTimeText(113_204_000, 5e5))).toBe('113.2 ms');
    expect(plain(formatAxisTimeText(135_204_113, 5))).toBe('135 204 113 ns');
    expect(plain(formatAxisTimeText(40e9, 10e9))).toBe('40 s');
  });

  it('writes a range with one unit and the precision of a pixel', () => {
    expect(plain(formatRange(591_000, 605_500, 14))).toBe('591.00 – 605.50 µs');
    expect(plain(formatRange(591_000, 605_500, 140))).toBe('591.0 – 605.5 µs');
    expect(plain(formatRange(93e6, 135e6, 40_000))).toBe('93.00 – 135.00 ms');
    expect(plain(formatRange(0, 135.5e6, 135_500))).toBe('0 – 135.5 ms');
    expect(plain(formatRange(100, 900, 1))).toBe('100 – 900 ns');
  });
});

describe('counts, bytes, shares', () => {
  it.each([
    [0, '0'],
    [5_022, '5,022'],
    [999_999, '999,999'],
    [1_204_118, '1.204 M'],
    [108_204_331, '108.2 M'],
    [2.4e9, '2.400 G'],
  ])('count %d is %s', (n, text) => expect(plain(formatCount(n))).toBe(text));

  it.each([
    [0, '0'],
    [1.589, '1.6'],
    [2.98, '3'],
    [99.96, '100'],
    [1_830.69, '1,831'],
    [1_204_118.4, '1.204 M'],
  ])('mean %d is %s', (n, text) => expect(plain(formatMean(n))).toBe(text));

  it.each([
    [12, '12 B'],
    [63_500, '63.5 kB'],
    [157_900, '157.9 kB'],
    [655_400_000, '655.4 MB'],
    [1_072_431_104, '1.07 GB'],
  ])('file of %d bytes is %s', (n, text) => expect(plain(formatBytesDecimal(n))).toBe(text));

  it.each([
    [512, '512 B'],
    [2_810_184, '2.68 MiB'],
    [50_853_545, '48.5 MiB'],
    [524_288, '512 KiB'],
    [1_048_575, '1.00 MiB'],
  ])('memory of %d bytes is %s', (n, text) => expect(plain(formatBytesBinary(n))).toBe(text));

  it.each([
    [0.562, '56.2 %'],
    [0.0064, '0.64 %'],
    [1, '100 %'],
    [0, '0 %'],
    [0.09996, '10.0 %'],
  ])('share %d is %s', (n, text) => expect(plain(formatShare(n))).toBe(text));
});

describe('wall clock', () => {
  it('is written in UTC to the millisecond', () => {
    expect(formatWallClock('2026-11-22T10:10:56.762913004Z')).toBe('2026-11-22 10:10:56.762 UTC');
    expect(formatWallClock('2026-11-22T12:10:56.762913004+02:00')).toBe('2026-11-22 10:10:56.762 UTC');
  });
  it('is never guessed', () => expect(formatWallClock(null)).toBe('not in this trace'));
  it('goes on with the trace', () => {
    expect(formatWallClockAt('2026-11-22T10:10:56.762900000Z', 113_204_000)).toBe('10:10:56.876 UTC');
    expect(formatWallClockAt(null, 5)).toBeNull();
  });
});

it('cuts a function at the left of its last path element', () => {
  expect(shortFunction('runtime/trace.(*traceMultiplexer).startLocked.func1')).toBe(
    '…/trace.(*traceMultiplexer).startLocked.func1',
  );
  expect(shortFunction('main.churn')).toBe('main.churn');
  expect(shortFunction('a/b.Map[go.shape.a/c]')).toBe('…/b.Map[go.shape.a/c]');
});

describe('a clock on an axis', () => {
  const start = nanosOfDay('2026-11-22T10:10:56.762913004Z')!;
  it('starts where the trace did', () => {
    expect(start).toBe(((10 * 60 + 10) * 60 + 56) * 1e9 + 762_913_004);
    expect(nanosOfDay(null)).toBeNull();
    expect(nanosOfDay('2026-11-22T23:30:00+02:00')).toBe(21.5 * 3600e9);
  });
  it('has the decimals of its step, and leaves out what all labels share', () => {
    expect(formatClock(start, 1e9)).toBe('10:10:56');
    expect(formatClock(start, 20e6)).toBe('10:10:56.76');
    expect(formatClock(start, 1e6)).toBe('10:10:56.762');
    expect(formatClock(start, 500)).toBe(':56.7629130');
    expect(formatClock(start, 1)).toBe(':56.762913004');
    expect(formatClock(start, 1, false)).toBe('10:10:56.762913004');
    expect(formatClock(86_400e9 + 5e9, 1e9)).toBe('00:00:05');
  });
});
