// What can be typed into Go to: a time, a range, a time of day, a row, a span, a link. Pure.

import type { Nanos } from '../../contract/units';
import { nanosOfDay } from '../base/format';
import type { TimeWindow } from '../base/time-scale';
import { isPlaceLink } from '../trace/saved-place';
import { parseSelect } from './select-text';

export type Destination =
  | { readonly kind: 'time'; readonly atNanos: Nanos }
  | { readonly kind: 'range'; readonly window: TimeWindow }
  /** A row: `P3`, `G12`, `M7`, `T4`. */
  | { readonly kind: 'row'; readonly row: string }
  /** As parseSelect takes it. */
  | { readonly kind: 'select'; readonly text: string }
  /** A link as View trace copies it. */
  | { readonly kind: 'link'; readonly text: string };

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, min: 60e9 };

/** `93 ms`, `1.5us`, `96 642 560` (ns), `10:10:56.763` (time of day); null when it is no time. Units: ns of the trace. */
export function parseTime(text: string, startedAt: string | null): Nanos | null {
  const t = text.trim().replace(/[\s\u202f\u2009_,](?=\d{3}(?!\d))/g, '');
  const clock = /^(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?$/.exec(t);
  if (clock) {
    const day = nanosOfDay(startedAt);
    if (day === null) return null;
    const seconds = (Number(clock[1]) * 60 + Number(clock[2])) * 60 + Number(clock[3]);
    const at = seconds * 1e9 + Number((clock[4] ?? '').padEnd(9, '0')) - day;
    // A trace that runs over midnight: the next day's time.
    return at < 0 && at + 86_400e9 < 43_200e9 ? at + 86_400e9 : at;
  }
  const m = /^\+?(\d+(?:\.\d+)?)\s*(ns|us|µs|μs|ms|s|min)?$/.exec(t);
  return m ? Math.round(Number(m[1]) * (UNITS[m[2] ?? 'ns'] ?? 1)) : null;
}

const ROW = /^(p|m|g|t|task|goroutine|proc|processor|thread)\s*(\d+)$/i;
const LETTER: Readonly<Record<string, string>> = {
  p: 'P',
  proc: 'P',
  processor: 'P',
  m: 'M',
  thread: 'M',
  g: 'G',
  goroutine: 'G',
  t: 'T',
  task: 'T',
};

/** Where a text leads; a sentence when it leads nowhere. */
export function parseGoTo(text: string, durationNanos: Nanos, startedAt: string | null): Destination | string {
  const t = text.trim();
  if (t === '') return 'Write a time, a range, or a row.';
  if (isPlaceLink(t)) return { kind: 'link', text: t };
  const row = ROW.exec(t);
  if (row) return { kind: 'row', row: `${LETTER[row[1]!.toLowerCase()]}${row[2]}` };
  if (t.includes('@')) {
    return parseSelect(t)
      ? { kind: 'select', text: t }
      : `“${t}” names no span. A span is a row and a time in ns: G12@96642560.`;
  }
  const parts = t.split(/\s*(?:\.\.|–|—|\bto\b)\s*/);
  const unit = /(ns|us|µs|μs|ms|s|min)$/.exec(parts.at(-1) ?? '')?.[1] ?? '';
  // `93 – 135 ms`: the unit of the end is the unit of both.
  const times = parts.map((p) => parseTime(/[a-zµμ:]/i.test(p) ? p : p + unit, startedAt));
  if (times.some((x) => x === null) || times.length > 2) {
    const clock = /\d:\d\d/.test(t) && startedAt === null ? 'This trace has no wall clock. ' : '';
    return `${clock}“${t}” is no time. Try 93 ms, 93..135 ms${startedAt === null ? '' : ', 10:10:56.763'}, G12, P 3, M 7 or T 1.`;
  }
  const [from, to] = times as [Nanos, Nanos | undefined];
  if (from > durationNanos || from < 0) return 'That is outside of the trace.';
  if (to === undefined) return { kind: 'time', atNanos: from };
  return to > from ? { kind: 'range', window: { fromNanos: from, toNanos: to } } : 'The range ends before it begins.';
}
