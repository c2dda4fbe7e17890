// Names of what can be selected, as `shot --select`, links and the session write them. Pure.

import { trackOfProc, type Nanos, type TrackId } from '../../contract/units';

/** What a text names. */
export type Named =
  | { readonly kind: 'track'; readonly track: TrackId; readonly atNanos: Nanos }
  /** `row`: a goroutine, thread or task, with its lane: `G12`, `G12.1`, `M7`, `T4`. */
  | { readonly kind: 'row'; readonly row: string; readonly atNanos: Nanos }
  | { readonly kind: 'sample'; readonly atNanos: Nanos }
  | { readonly kind: 'range'; readonly fromNanos: Nanos; readonly toNanos: Nanos };

/** `3@96642560`, `P3@96642560`, `gc@…`, `stw@…`: the span on a row at a time. */
const TRACK = /^(?:P?(\d+)(?:\.([01]))?|(gc|stw))@(\d+)$/i;
const ROW = /^([GMT]\d+(?:\.\d+)?)@(\d+)$/i;
const SAMPLE = /^at@(\d+)$/i;
const RANGE = /^area@(\d+)-(\d+)$/i;

/** Row and time of a text that names a span; null when it names none. */
export function parseSelect(text: string): Named | null {
  const t = text.trim();
  const row = ROW.exec(t);
  if (row) return { kind: 'row', row: row[1]!.toUpperCase(), atNanos: Number(row[2]) };
  const sample = SAMPLE.exec(t);
  if (sample) return { kind: 'sample', atNanos: Number(sample[1]) };
  const range = RANGE.exec(t);
  if (range && Number(range[2]) > Number(range[1]))
    return { kind: 'range', fromNanos: Number(range[1]), toNanos: Number(range[2]) };
  const m = TRACK.exec(t);
  if (!m) return null;
  const track = m[3] ? (m[3].toLowerCase() === 'gc' ? 0 : 1) : trackOfProc(Number(m[1]), m[2] === '1' ? 1 : 0);
  return { kind: 'track', track, atNanos: Number(m[4]) };
}
