// How figures are written everywhere in the app. Every function is pure and free of the locale: a trace looks the
// same on each machine, and tests can compare text.

import type { Bytes, Nanos } from '../../contract/units';

/** Narrow no-break space: between a figure and its unit, and between groups of three digits in full nanoseconds. */
export const THIN = '\u202f';
export const MINUS = '\u2212';

/** A figure and its unit apart, because the unit is drawn in another ink and in a slot of its own. */
export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

const quantityText = (q: Quantity): string => (q.unit ? q.value + THIN + q.unit : q.value);
const signed = (negative: boolean, text: string): string => (negative ? MINUS + text : text);

/** Four significant digits of a number from 0 up to 9999, with a fixed number of decimals for its size. */
function fourDigits(v: number): string {
  return v < 9.9995 ? v.toFixed(3) : v < 99.995 ? v.toFixed(2) : v.toFixed(1);
}

const UNITS: readonly { readonly unit: string; readonly nanos: number }[] = [
  { unit: 'µs', nanos: 1e3 },
  { unit: 'ms', nanos: 1e6 },
  { unit: 's', nanos: 1e9 },
];

/**
 * A length of time with four significant digits and the unit that fits: `640 ns`, `12.34 µs`, `1.204 ms`, `2.001 s`,
 * from a minute on with tenths, from two minutes on `4 min 12.3 s`. Units: ns in. N.B. zero is `0 ns`; tables, where
 * zero means "never", write `–` themselves.
 */
export function formatDuration(nanos: Nanos): Quantity {
  const negative = nanos < 0;
  const a = Math.abs(nanos);
  if (a < 999.5) return { value: signed(negative, String(Math.round(a))), unit: 'ns' };
  for (const u of UNITS) {
    const v = a / u.nanos;
    // 999.96 µs would be written 1000.0: from there on the next unit fits.
    if (u.unit !== 's' && v < 999.95) return { value: signed(negative, fourDigits(v)), unit: u.unit };
    if (u.unit === 's' && v < 59.995) return { value: signed(negative, fourDigits(v)), unit: 's' };
  }
  const tenths = Math.round(a / 1e8);
  if (tenths < 1200) return { value: signed(negative, (tenths / 10).toFixed(1)), unit: 's' };
  const hours = Math.floor(tenths / 36000);
  const minutes = Math.floor((tenths % 36000) / 600);
  const seconds = ((tenths % 600) / 10).toFixed(1);
  const head = hours > 0 ? `${formatCount(hours)}${THIN}h ${minutes}${THIN}min` : `${minutes}${THIN}min`;
  return { value: signed(negative, `${head} ${seconds}`), unit: 's' };
}

/** `formatDuration` as one text. */
export const formatDurationText = (nanos: Nanos): string => quantityText(formatDuration(nanos));

/** Digits in groups of three, split by `by`. Shapes: a whole number, its sign kept. */
function grouped(n: number, by: string): string {
  return signed(n < 0, String(Math.abs(Math.round(n))).replace(/\B(?=(\d{3})+$)/g, by));
}

/** Full nanoseconds for hover and copy: `2 944 705 ns`. */
export const formatNanosFull = (nanos: Nanos): string => grouped(nanos, THIN) + THIN + 'ns';

/** The unit in which a step of an axis is written, so that neighbouring labels differ and stay short. */
export function unitOfStep(stepNanos: Nanos): { readonly unit: string; readonly nanos: number } {
  if (stepNanos >= 1e9) return { unit: 's', nanos: 1e9 };
  if (stepNanos >= 1e5) return { unit: 'ms', nanos: 1e6 };
  if (stepNanos >= 1e2) return { unit: 'µs', nanos: 1e3 };
  return { unit: 'ns', nanos: 1 };
}

/**
 * A time on an axis: fixed decimals from the smallest difference that must show, so that a label never jumps while it
 * moves. The unit is the one of `unitStepNanos` (the step between ticks), so that a pointer's time reads like the
 * ticks beside it. Units: ns since the trace's start.
 */
export function formatAxisTime(nanos: Nanos, stepNanos: Nanos, unitStepNanos: Nanos = stepNanos): Quantity {
  const u = unitOfStep(unitStepNanos);
  const decimals = Math.max(0, -Math.floor(Math.log10(stepNanos / u.nanos) + 1e-9));
  const [whole = '0', fraction] = (Math.abs(nanos) / u.nanos).toFixed(decimals).split('.');
  const text = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, THIN) : whole;
  return { value: signed(nanos < 0, fraction ? `${text}.${fraction}` : text), unit: u.unit };
}

/** `formatAxisTime` as one text. */
export const formatAxisTimeText = (nanos: Nanos, stepNanos: Nanos, unitStepNanos: Nanos = stepNanos): string =>
  quantityText(formatAxisTime(nanos, stepNanos, unitStepNanos));

/**
 * A range with one unit and the precision of a pixel: `591.0 – 605.5 µs`. The unit is the one that fits the range's
 * end; decimals go as far as `nanosPerPx` can be seen, at least to four digits of the end.
 */
export function formatRange(fromNanos: Nanos, toNanos: Nanos, nanosPerPx: Nanos): string {
  const top = Math.max(Math.abs(fromNanos), Math.abs(toNanos));
  const u = top < 1e3 ? { unit: 'ns', nanos: 1 } : top < 1e6 ? UNITS[0]! : top < 1e9 ? UNITS[1]! : UNITS[2]!;
  const byPixel = Math.ceil(-Math.log10(Math.max(nanosPerPx, 1) / u.nanos) - 1e-9);
  const v = top / u.nanos;
  const byDigits = v < 10 ? 3 : v < 100 ? 2 : 1;
  const most = Math.round(Math.log10(u.nanos));
  const decimals = Math.min(most, Math.max(byPixel, Math.min(byDigits, most), 0));
  const one = (t: Nanos): string => (t === 0 ? '0' : signed(t < 0, (Math.abs(t) / u.nanos).toFixed(decimals)));
  return `${one(fromNanos)} – ${one(toNanos)}${THIN}${u.unit}`;
}

/** Counts: `999,999`, from a million on four digits: `1.204 M`, `108.2 M`, `2.400 G`. */
export function formatCount(n: number): string {
  const a = Math.abs(n);
  if (a < 1e6) return grouped(n, ',');
  const [v, unit] = a < 999.95e6 ? [a / 1e6, 'M'] : [a / 1e9, 'G'];
  return signed(n < 0, fourDigits(v)) + THIN + unit;
}

/** A mean of counts: a tenth is told where it says something, `1.6`, `3`, `1,827`. */
export const formatMean = (n: number): string =>
  Math.abs(n) >= 99.95 || Math.abs(n - Math.round(n)) < 0.05 ? formatCount(Math.round(n)) : n.toFixed(1);

/** All digits, where the exact value belongs: `46,292,992 bytes`. */
export const formatBytesFull = (bytes: Bytes): string => `${bytes.toLocaleString('en-US')} bytes`;

/** Sizes of files, decimal: `63.5 kB`, `655.4 MB`, `1.07 GB`. */
export function formatBytesDecimal(bytes: Bytes): string {
  if (bytes < 1e3) return `${Math.round(bytes)}${THIN}B`;
  if (bytes < 999.95e3) return `${(bytes / 1e3).toFixed(1)}${THIN}kB`;
  if (bytes < 999.95e6) return `${(bytes / 1e6).toFixed(bytes < 99.995e6 ? 2 : 1)}${THIN}MB`;
  return `${(bytes / 1e9).toFixed(2)}${THIN}GB`;
}

/** Sizes of memory, binary, three digits: `2.68 MiB`, `52.8 MiB`, `512 KiB`. */
export function formatBytesBinary(bytes: Bytes): string {
  let v = bytes;
  let unit = 'B';
  for (const u of ['KiB', 'MiB', 'GiB', 'TiB']) {
    if (v < 1023.5) break;
    v /= 1024;
    unit = u;
  }
  const text =
    unit === 'B' ? String(Math.round(v)) : v < 9.995 ? v.toFixed(2) : v < 99.95 ? v.toFixed(1) : v.toFixed(0);
  return text + THIN + unit;
}

/** A share of 1 with at most three digits: `56.2 %`, `0.64 %`, `100 %`. */
export function formatShare(share: number): string {
  const p = share * 100;
  if (p === 0) return `0${THIN}%`;
  if (p >= 99.95) return `${p.toFixed(0)}${THIN}%`;
  return `${p.toFixed(p < 9.995 ? 2 : 1)}${THIN}%`;
}

const WALL = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/** Milliseconds since 1970 and the rest in ns of an RFC 3339 time; null when it is none. */
function parseWallClock(rfc3339: string): { readonly ms: number; readonly nanos: number } | null {
  const m = WALL.exec(rfc3339);
  if (!m) return null;
  const seconds = Date.parse(`${m[1]}T${m[2]}${m[4]}`);
  if (Number.isNaN(seconds)) return null;
  const nanos = Number((m[3] ?? '').slice(0, 9).padEnd(9, '0'));
  return { ms: seconds + Math.floor(nanos / 1e6), nanos: nanos % 1e6 };
}

const utcText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 23).replace('T', ' ')} UTC`;

/** Wall clock: `2026-11-22 10:10:56.762 UTC`; a trace without a clock says so, never a guess. */
export function formatWallClock(rfc3339: string | null): string {
  if (rfc3339 === null) return 'not in this trace';
  const t = parseWallClock(rfc3339);
  return t ? utcText(t.ms) : rfc3339;
}

/** Time of day at a place of the trace (`10:10:56.915 UTC`); null when the trace has no clock. */
export function formatWallClockAt(startedAt: string | null, nanos: Nanos): string | null {
  const t = startedAt === null ? null : parseWallClock(startedAt);
  return t ? utcText(t.ms + Math.floor((t.nanos + nanos) / 1e6)).slice(11) : null;
}

/** Nanoseconds since midnight (UTC) at which a trace began; null when it has no clock. */
export function nanosOfDay(startedAt: string | null): Nanos | null {
  const t = startedAt === null ? null : parseWallClock(startedAt);
  return t ? (t.ms % 86_400_000) * 1e6 + t.nanos : null;
}

/**
 * A time of day on an axis: `10:10:56.763`, with as many decimals as `stepNanos` shows; under a millisecond without hours
 * and minutes, which all labels would share. Units: ns since midnight, which may be passed.
 */
export function formatClock(dayNanos: Nanos, stepNanos: Nanos, short = stepNanos < 1e6): string {
  const decimals = Math.min(9, Math.max(0, -Math.floor(Math.log10(stepNanos / 1e9) + 1e-9)));
  const inDay = ((Math.round(dayNanos) % 86_400e9) + 86_400e9) % 86_400e9;
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const fraction = String(inDay % 1e9)
    .padStart(9, '0')
    .slice(0, decimals);
  const seconds = two((inDay / 1e9) % 60) + (decimals > 0 ? `.${fraction}` : '');
  return short ? `:${seconds}` : `${two(inDay / 3600e9)}:${two((inDay / 60e9) % 60)}:${seconds}`;
}

/** A function's name cut at the left of its last path element: `…/trace.(*traceMultiplexer).start`. */
export function shortFunction(name: string): string {
  // Only the path before the first parenthesis or bracket: type arguments hold slashes of their own.
  const head = name.search(/[([]/);
  const slash = name.lastIndexOf('/', head < 0 ? undefined : head);
  return slash < 0 ? name : `…/${name.slice(slash + 1)}`;
}

/** The last element of a path of either kind of slash. */
export const baseName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

const DURATION = /^\s*(\d+(?:[ _,\u202f]\d{3})*(?:\.\d+)?|\.\d+)\s*(ns|us|µs|μs|ms|s|min|m|h)?\s*$/i;
const NANOS_OF_UNIT: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
};

/** A length of time as people type it (`1.5ms`, `200 µs`, `2 s`; a bare number is `unit`); null when it is none. Units: whole ns. */
export function parseDuration(text: string, unit = 'ns'): Nanos | null {
  const m = DURATION.exec(text);
  if (!m) return null;
  const factor = NANOS_OF_UNIT[(m[2] ?? unit).toLowerCase()];
  const nanos = Number(m[1]!.replace(/[ _,\u202f]/g, '')) * (factor ?? Number.NaN);
  return Number.isFinite(nanos) ? Math.round(nanos) : null;
}
