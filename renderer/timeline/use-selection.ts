// What is selected and how it moves: by click, by arrow keys, by a link. Details come from the engine; the newest
// question wins, and an answer that fails is said in the details panel's place, never dropped.

import { shallowRef, type ShallowRef } from 'vue';
import { traceErrorFrom } from '../../contract/errors';
import type { SpanDetails } from '../../contract/trace-api';
import { procOfTrack, trackOfProc, type Nanos, type TrackId } from '../../contract/units';
import { lengthOf, type TimeWindow } from '../base/time-scale';
import { SUPERSEDED, type Asker } from '../trace/trace-client';
import type { Mark, Selection, TraceStore } from '../trace/trace-store';
import { trackRowsOf, type TrackRow } from './layout';
import type { Timeline } from './use-timeline';

export interface SelectionMoves {
  /** Why the last question was not answered; null when it was. */
  readonly failure: ShallowRef<string | null>;
  pick(asker: Asker, track: TrackId, atNanos: Nanos, toleranceNanos: Nanos): Promise<Selection | null>;
  select(s: Selection | null): void;
  selectSample(atNanos: Nanos): Promise<void>;
  /** The next or previous span of the row; with no selection, the first one in view of a row. */
  step(direction: 1 | -1): Promise<void>;
  stepRow(direction: 1 | -1): Promise<void>;
  /** Time range of the selection, when it has one. */
  range(): TimeWindow | null;
  toggleMark(): void;
  selectByText(text: string): Promise<void>;
}

/** Called when a row must be scrolled into view. */
export type RevealRow = (row: TrackRow) => void;

/** `3@96642560`, `P3@96642560`, `gc@…`, `stw@…`: the span on a row at a time, as `shot --select` gives it. */
const SELECT = /^(?:P?(\d+)(?:\.([01]))?|(gc|stw))@(\d+)$/i;

/** Row and time of a text that names a span; null when it names none. */
export function parseSelect(text: string): { readonly track: TrackId; readonly atNanos: Nanos } | null {
  const m = SELECT.exec(text.trim());
  if (!m) return null;
  const track = m[3] ? (m[3].toLowerCase() === 'gc' ? 0 : 1) : trackOfProc(Number(m[1]), m[2] === '1' ? 1 : 0);
  return { track, atNanos: Number(m[4]) };
}

/** Steps that wait while an answer is on its way: a key that is held must not run on after it is let go. */
const MAX_WAITING_STEPS = 8;

/** How near a span must be to a time that names it. */
const NEAR_NANOS: Nanos = 1000;

export const rangeOf = (s: Selection | null): TimeWindow | null =>
  s === null || s.kind === 'sample' ? null : { fromNanos: s.details.startNanos, toNanos: s.details.endNanos };

const spanSelection = (d: SpanDetails): Selection => ({ kind: 'span', track: d.track, details: d });

export function useSelection(store: TraceStore, timeline: Timeline, revealRow: RevealRow): SelectionMoves {
  const { client } = store;
  const failure = shallowRef<string | null>(null);

  /** Asks, and keeps the reason when there is no answer. Undefined: overtaken or failed. */
  async function ask<T>(question: Promise<T | typeof SUPERSEDED>): Promise<T | undefined> {
    try {
      const answer = await question;
      if (answer === SUPERSEDED) return undefined;
      failure.value = null;
      return answer;
    } catch (e) {
      failure.value = traceErrorFrom(e).message;
      return undefined;
    }
  }

  function select(s: Selection | null): void {
    store.setSelection(s);
  }

  async function pick(asker: Asker, track: TrackId, atNanos: Nanos, toleranceNanos: Nanos): Promise<Selection | null> {
    const d = await ask(client.pickSpan(asker, track, atNanos, toleranceNanos));
    if (!d) return null;
    return d.kind === 'span' ? { kind: 'span', track, details: d } : { kind: 'merged', track, details: d };
  }

  function show(d: SpanDetails): void {
    select(spanSelection(d));
    timeline.reveal({ fromNanos: d.startNanos, toNanos: d.endNanos });
    const row = trackRowsOf(timeline.layout.value).find((r) => r.track === d.track);
    if (row) revealRow(row);
  }

  function currentTrack(): TrackId | null {
    const s = store.selection;
    return s && s.kind !== 'sample' ? s.track : null;
  }

  // Steps follow each other: each starts from where the one before has led, also when keys come faster than answers.
  let steps: Promise<void> = Promise.resolve();
  let waiting = 0;
  function inTurn(one: () => Promise<void>): Promise<void> {
    if (waiting >= MAX_WAITING_STEPS) return steps;
    waiting++;
    steps = steps.then(one).finally(() => waiting--);
    return steps;
  }

  async function stepSpan(direction: 1 | -1): Promise<void> {
    const track = currentTrack();
    const range = rangeOf(store.selection);
    if (track !== null && range) {
      // From a merged pick the way leads out of it, span by span.
      const from = store.selection?.kind === 'merged' && direction > 0 ? range.fromNanos - 1 : range.fromNanos;
      const d = await ask(client.readAdjacentSpan(track, from, direction));
      if (d) show(d);
      return;
    }
    const view = timeline.view.value;
    const from = direction > 0 ? view.fromNanos - 1 : view.toNanos;
    for (const proc of store.procs) {
      const d = await ask(client.readAdjacentSpan(trackOfProc(proc, 0), from, direction));
      if (d === undefined) return;
      if (d) {
        show(d);
        return;
      }
    }
  }

  async function stepToRow(direction: 1 | -1): Promise<void> {
    const rows = trackRowsOf(timeline.layout.value);
    const track = currentTrack();
    if (track === null) return stepSpan(1);
    const range = rangeOf(store.selection) ?? timeline.view.value;
    const at = Math.floor(range.fromNanos + lengthOf(range) / 2);
    const from = rows.findIndex((r) => r.track === track);
    // Rows without any span are passed over.
    for (let i = from + direction; i >= 0 && i < rows.length; i += direction) {
      const next = rows[i]!.track;
      const here = await ask(client.pickSpan('keyboard', next, at, 0));
      if (here === undefined) return;
      const d =
        here?.kind === 'span'
          ? here
          : ((await ask(client.readAdjacentSpan(next, at, 1))) ?? (await ask(client.readAdjacentSpan(next, at, -1))));
      if (d) {
        show(d);
        return;
      }
    }
  }

  async function selectSample(atNanos: Nanos): Promise<void> {
    const at = Math.max(0, Math.min(store.durationNanos, Math.round(atNanos)));
    const values = await ask(client.readCountersAt(at));
    if (values) select({ kind: 'sample', values });
  }

  function toggleMark(): void {
    const range = rangeOf(store.selection);
    const cursor = store.selection?.kind === 'sample' ? store.selection.values.atNanos : store.cursorNanos;
    const mark: Mark | null =
      range ?? (cursor === null ? null : { fromNanos: Math.round(cursor), toNanos: Math.round(cursor) });
    if (!mark) return;
    // A mark within a few pixels of a new moment is meant by it.
    const near = range ? 0 : (lengthOf(timeline.view.value) / Math.max(1, timeline.widthPx.value)) * 3;
    const isSame = (m: Mark): boolean =>
      Math.abs(m.fromNanos - mark.fromNanos) <= near && Math.abs(m.toNanos - mark.toNanos) <= near;
    store.setMarks(store.marks.some(isSame) ? store.marks.filter((m) => !isSame(m)) : [...store.marks, mark]);
  }

  async function selectByText(text: string): Promise<void> {
    const place = parseSelect(text);
    if (!place || (procOfTrack(place.track) !== null && !store.procs.includes(procOfTrack(place.track)!))) {
      failure.value = `“${text}” names no span. Write a processor and a time in nanoseconds: P3@96642560.`;
      return;
    }
    const picked =
      (await pick('keyboard', place.track, place.atNanos, 0)) ??
      (await pick('keyboard', place.track, place.atNanos, NEAR_NANOS));
    if (!picked) return;
    select(picked);
    const row = trackRowsOf(timeline.layout.value).find((r) => r.track === place.track);
    if (row) revealRow(row);
  }

  return {
    failure,
    pick,
    select,
    selectSample,
    step: (direction) => inTurn(() => stepSpan(direction)),
    stepRow: (direction) => inTurn(() => stepToRow(direction)),
    range: () => rangeOf(store.selection),
    toggleMark,
    selectByText,
  };
}
