// Marks and notes on the time axis: moments and ranges, some with a text. Pure; the store keeps the list, the session
// and a copied list carry it as plain JSON.

import type { Nanos } from '../../contract/units';

/** A mark on the time axis: a moment, or a range. With a text it is a note. */
export interface Mark {
  readonly fromNanos: Nanos;
  readonly toNanos: Nanos;
  readonly text: string | null;
}

/** What a session or a file may carry; more is cut off. */
export const MAX_MARKS = 500;
export const MAX_NOTE_LENGTH = 500;

export const isRange = (m: Mark): boolean => m.toNanos > m.fromNanos;

const near = (a: Mark, b: Mark, slopNanos: Nanos): boolean =>
  Math.abs(a.fromNanos - b.fromNanos) <= slopNanos && Math.abs(a.toNanos - b.toNanos) <= slopNanos;

/** By time, ranges after the moments at which they begin. */
export const sortMarks = (marks: readonly Mark[]): readonly Mark[] =>
  [...marks].sort((a, b) => a.fromNanos - b.fromNanos || a.toNanos - b.toNanos);

/** Sets a mark, or takes away those within `slopNanos` of it. A note is taken away too: it is a mark. */
export function toggleMark(marks: readonly Mark[], mark: Mark, slopNanos: Nanos): readonly Mark[] {
  const rest = marks.filter((m) => !near(m, mark, slopNanos));
  return rest.length < marks.length ? rest : [...marks, mark].slice(-MAX_MARKS);
}

/** Sets a note; one that stands at the same place gets the new text. */
export function setNote(marks: readonly Mark[], note: Mark): readonly Mark[] {
  const text = note.text?.trim().slice(0, MAX_NOTE_LENGTH) || null;
  return [...marks.filter((m) => !near(m, note, 0)), { ...note, text }].slice(-MAX_MARKS);
}

export const removeMark = (marks: readonly Mark[], mark: Mark): readonly Mark[] => marks.filter((m) => m !== mark);

/**
 * What lies between the two marks that were set last, from the earlier's start to the later's start; null with fewer
 * than two. N.B. the list is in the order of setting.
 */
export function measured(marks: readonly Mark[]): { readonly fromNanos: Nanos; readonly toNanos: Nanos } | null {
  const [a, b] = [marks.at(-2), marks.at(-1)];
  if (!a || !b || a.fromNanos === b.fromNanos) return null;
  return { fromNanos: Math.min(a.fromNanos, b.fromNanos), toNanos: Math.max(a.fromNanos, b.fromNanos) };
}

const isNanos = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v) && v >= 0;

/** The marks of a JSON value from outside (a session, a pasted list); what is no mark is left out. */
export function readMarks(value: unknown): readonly Mark[] {
  if (!Array.isArray(value)) return [];
  const out: Mark[] = [];
  for (const v of value.slice(0, MAX_MARKS) as unknown[]) {
    if (typeof v !== 'object' || v === null) continue;
    const { fromNanos, toNanos, text } = v as Record<string, unknown>;
    if (!isNanos(fromNanos) || !isNanos(toNanos) || toNanos < fromNanos) continue;
    out.push({ fromNanos, toNanos, text: typeof text === 'string' ? text.slice(0, MAX_NOTE_LENGTH) || null : null });
  }
  return out;
}
