// What is selected and how it moves: by click, by arrow keys, by a link, along a goroutine, from effect to cause. Details
// come from the engine; the newest question wins, and an answer that fails is said in the details panel's place.

import { shallowRef, type ShallowRef } from 'vue';
import { traceErrorFrom } from '../../contract/errors';
import type { Connections, Flow, RowHead } from '../../contract/rows';
import type { SpanDetails } from '../../contract/trace-api';
import {
  isRowTrack,
  laneOfRowTrack,
  laneOfTrack,
  procOfTrack,
  TRACK_GC,
  TRACK_STW,
  trackOfLane,
  trackOfProc,
  type Nanos,
  type TrackId,
} from '../../contract/units';
import { lengthOf, type TimeWindow } from '../base/time-scale';
import { isRange, toggleMark, type Mark } from '../trace/marks';
import type { RowListSource } from '../trace/row-list';
import { SUPERSEDED, type Asker } from '../trace/trace-client';
import type { Selection, TraceStore } from '../trace/trace-store';
import { nextLine } from './next-line';
import { parseRowName, procItem, rowName, type TrackRow } from './layout';
import { parseSelect } from './select-text';
import type { Timeline } from './use-timeline';

export interface SelectionMoves {
  /** Why the last question was not answered; null when it was. */
  readonly failure: ShallowRef<string | null>;
  pick(
    asker: Asker,
    row: Pick<TrackRow, 'track' | 'row'>,
    atNanos: Nanos,
    toleranceNanos: Nanos,
  ): Promise<Selection | null>;
  select(s: Selection | null): void;
  selectSample(atNanos: Nanos): Promise<void>;
  /** The next or previous span of the row; with no selection, the first one in view of a row. */
  step(direction: 1 | -1): Promise<void>;
  stepRow(direction: 1 | -1): Promise<void>;
  /** The next or previous span of the goroutine's life; `running`: only where it runs, on whichever processor. */
  stepGoroutine(direction: 1 | -1, running: boolean): Promise<void>;
  toCause(): Promise<void>;
  toEffect(): Promise<void>;
  /** Selects what a goroutine did at a time, on the rows that are shown, and brings it into view. */
  jump(goroutine: number, atNanos: Nanos, proc: number | null): Promise<void>;
  /** Time range of the selection, when it has one. */
  range(): TimeWindow | null;
  /** Name of the row of the selection; null when it is on none. */
  row(): string | null;
  /** The goroutine of the selection; null when it has none. */
  goroutine(): { readonly id: number; readonly name: string } | null;
  toggleMark(): void;
  selectByText(text: string): Promise<void>;
  /** Brings a row into view: `P3`, `G12`. False when there is none, or the filter hides it. */
  revealByName(row: string): Promise<boolean>;
}

export interface SelectionInput {
  readonly store: TraceStore;
  readonly timeline: Timeline;
  /** Scrolls so that a line is seen. */
  readonly revealRow: (row: Pick<TrackRow, 'topPx' | 'heightPx' | 'row' | 'track'>) => void;
  /** The list of rows that are not processors; null where only processors are shown. */
  readonly list: () => RowListSource | null;
  readonly headOfTrack: (track: TrackId) => RowHead | null;
}

/** Steps that wait while an answer is on its way: a key that is held must not run on after it is let go. */
const MAX_WAITING_STEPS = 8;
/** How near a span must be to a time that names it. */
const NEAR_NANOS: Nanos = 1000;
/** Spans of a goroutine's life that are passed over in search of the next run. */
const MAX_PASSED = 200;

export const rangeOf = (s: Selection | null): TimeWindow | null =>
  s === null || s.kind === 'sample'
    ? null
    : s.kind === 'area'
      ? { fromNanos: s.area.fromNanos, toNanos: s.area.toNanos }
      : { fromNanos: s.details.startNanos, toNanos: s.details.endNanos };

/** Name of the row that a track belongs to, with its lane: `P3`, `P3.1`, `gc`, `G12`. */
export function rowOfTrack(track: TrackId, head: RowHead | null, by: 'goroutines' | 'threads' | 'tasks'): string {
  if (track === TRACK_GC) return 'gc';
  if (track === TRACK_STW) return 'stw';
  if (!isRowTrack(track)) return `P${procOfTrack(track)}${laneOfTrack(track) === 1 ? '.1' : ''}`;
  if (!head) return '';
  const lane = laneOfRowTrack(track);
  return `${rowName(by, head.id)}${lane > 0 ? `.${lane}` : ''}`;
}

export function useSelection({ store, timeline, revealRow, list, headOfTrack }: SelectionInput): SelectionMoves {
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

  const say = (text: string): void => {
    failure.value = text;
  };

  function select(s: Selection | null): void {
    store.setSelection(s);
  }

  const listKind = (): 'goroutines' | 'threads' | 'tasks' =>
    store.mode.rowsBy === 'processors' ? 'goroutines' : store.mode.rowsBy;
  const nameOf = (track: TrackId): string =>
    rowOfTrack(track, isRowTrack(track) ? headOfTrack(trackOfLane(track, 0)) : null, listKind());

  async function pick(
    asker: Asker,
    { track, row }: Pick<TrackRow, 'track' | 'row'>,
    atNanos: Nanos,
    toleranceNanos: Nanos,
  ): Promise<Selection | null> {
    const d = await ask(client.pickSpan(asker, track, atNanos, toleranceNanos));
    if (!d) return null;
    const name = nameOf(track) || row;
    return d.kind === 'span'
      ? { kind: 'span', track, row: name, details: d }
      : { kind: 'merged', track, row: name, details: d };
  }

  function show(d: SpanDetails, row?: TrackRow | null, name = nameOf(d.track)): void {
    select({ kind: 'span', track: d.track, row: row?.row && !name ? row.row : name, details: d });
    timeline.reveal({ fromNanos: d.startNanos, toNanos: d.endNanos });
    if (row) revealRow(row);
    else void revealByName(name);
  }

  function currentTrack(): TrackId | null {
    const s = store.selection;
    return s && (s.kind === 'span' || s.kind === 'merged') ? s.track : null;
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

  /** Lines to begin with when nothing is selected: those in view, else all processors. */
  function firstLines(): readonly TrackRow[] {
    const { items } = timeline.rowsInView.value;
    const lines = items.flatMap((i) => i.tracks.slice(0, 1));
    return lines.length > 0 ? lines : timeline.layout.value.procs.map((p) => procItem(p, 0).tracks[0]!);
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
    for (const line of firstLines()) {
      const d = await ask(client.readAdjacentSpan(line.track, from, direction));
      if (d === undefined) return;
      if (d) {
        show(d, line);
        return;
      }
    }
  }

  async function stepToRow(direction: 1 | -1): Promise<void> {
    const track = currentTrack();
    if (track === null) return stepSpan(1);
    const range = rangeOf(store.selection) ?? timeline.view.value;
    const at = Math.floor(range.fromNanos + lengthOf(range) / 2);
    let line: TrackRow | null = null;
    // Lines without any span are passed over.
    for (let passed = 0, from = track; passed < MAX_PASSED; passed++, from = line.track) {
      line = await nextLine({ layout: timeline.layout.value, list: list(), headOfTrack }, from, direction);
      if (!line) return;
      const here = await ask(client.pickSpan('keyboard', line.track, at, 0));
      if (here === undefined) return;
      const d =
        here?.kind === 'span'
          ? here
          : ((await ask(client.readAdjacentSpan(line.track, at, 1))) ??
            (await ask(client.readAdjacentSpan(line.track, at, -1))));
      if (d) {
        show(d, line);
        return;
      }
    }
  }

  async function selectSample(atNanos: Nanos): Promise<void> {
    const at = Math.max(0, Math.min(store.durationNanos, Math.round(atNanos)));
    const values = await ask(client.readCountersAt(at));
    if (!values) return;
    select({ kind: 'sample', values });
    if (!timeline.layout.value.curves.some((c) => c.name === 'Scheduler latency')) return;
    const latency = await ask(client.readLatencyAt(at));
    const now = store.selection;
    if (latency !== undefined && now?.kind === 'sample' && now.values === values)
      select({ kind: 'sample', values, latency });
  }

  function goroutine(): { id: number; name: string } | null {
    const s = store.selection;
    if (s?.kind === 'merged' && s.details.mainGoroutine) return s.details.mainGoroutine;
    if (s?.kind !== 'span' || s.details.goroutineId === null) return null;
    return { id: s.details.goroutineId, name: s.details.goroutineName ?? '' };
  }

  async function headOf(by: 'goroutines' | 'threads' | 'tasks', id: number): Promise<RowHead | null> {
    return (await ask(client.readRows(by, [id])))?.[0] ?? null;
  }

  /** The span at a time, else the nearest; several under the tolerance are none. */
  async function spanNear(track: TrackId, atNanos: Nanos): Promise<SpanDetails | null> {
    for (const tolerance of [0, NEAR_NANOS]) {
      const d = await ask(client.pickSpan('keyboard', track, atNanos, tolerance));
      if (d?.kind === 'span') return d;
    }
    return null;
  }

  /** Shows a span of a goroutine's life on the rows that are shown: where it runs, its processor; else its own row. */
  async function showLife(d: SpanDetails, goroutineId: number): Promise<void> {
    if (store.mode.rowsBy === 'processors' && d.procId !== null && d.state === 'running') {
      const here = await ask(client.pickSpan('keyboard', trackOfProc(d.procId, 0), d.startNanos, 0));
      if (here?.kind === 'span') {
        show(here);
        return;
      }
    }
    show(d, null, rowName('goroutines', goroutineId));
  }

  async function stepLife(direction: 1 | -1, running: boolean): Promise<void> {
    const g = goroutine();
    const range = rangeOf(store.selection);
    if (!g || !range) {
      say('Nothing of a goroutine is selected. Select one of its spans first.');
      return;
    }
    const head = await headOf('goroutines', g.id);
    if (!head) return;
    let from = range.fromNanos;
    for (let passed = 0; passed < MAX_PASSED; passed++) {
      const d: SpanDetails | null | undefined = await ask(client.readAdjacentSpan(head.track, from, direction));
      if (d === undefined) return;
      if (!d) break;
      if (!running || d.state === 'running') {
        await showLife(d, g.id);
        return;
      }
      from = d.startNanos;
    }
    say(`G${g.id} ${running ? 'does not run' : 'has no event'} ${direction > 0 ? 'after this' : 'before this'}.`);
  }

  async function jump(goroutineId: number, atNanos: Nanos, proc: number | null): Promise<void> {
    if (store.mode.rowsBy === 'processors' && proc !== null) {
      const here = await ask(client.pickSpan('keyboard', trackOfProc(proc, 0), atNanos, 0));
      if (here?.kind === 'span') {
        show(here);
        return;
      }
    }
    const head = await headOf('goroutines', goroutineId);
    if (!head) return;
    const d = await spanNear(head.track, atNanos);
    if (d) await showLife(d, goroutineId);
  }

  async function connections(): Promise<Connections | null> {
    const g = goroutine();
    const range = rangeOf(store.selection);
    if (!g || !range) {
      say('Nothing of a goroutine is selected. Select one of its spans first.');
      return null;
    }
    return (await ask(client.readConnections(g.id, range.fromNanos))) ?? null;
  }

  async function toCause(): Promise<void> {
    const c = await connections();
    if (!c) return;
    const f: Flow | null = c.incoming;
    if (f?.fromGoroutine == null) say('Nobody is named who made it run: a timer, the network or the scheduler did.');
    else await jump(f.fromGoroutine, f.atNanos, f.fromProc);
  }

  async function toEffect(): Promise<void> {
    const c = await connections();
    if (!c) return;
    const f = c.outgoing[0];
    if (!f) say('It woke and made no goroutine.');
    else await jump(f.toGoroutine, f.startNanos ?? f.atNanos, f.toProc);
  }

  function toggle(): void {
    const range = rangeOf(store.selection);
    const cursor = store.selection?.kind === 'sample' ? store.selection.values.atNanos : store.cursorNanos;
    const mark: Mark | null = range
      ? { ...range, text: null }
      : cursor === null
        ? null
        : { fromNanos: Math.round(cursor), toNanos: Math.round(cursor), text: null };
    if (!mark) return;
    // A mark within a few pixels of a new moment is meant by it.
    const slop = range ? 0 : (lengthOf(timeline.view.value) / Math.max(1, timeline.widthPx.value)) * 3;
    const before = store.marks;
    store.setMarks(toggleMark(before, mark, slop));
    // A mark in the empty also tells the exact values of its moment.
    if (store.marks.length > before.length && !isRange(mark) && store.selection === null)
      void selectSample(mark.fromNanos);
  }

  async function revealByName(row: string): Promise<boolean> {
    const name = row.replace(/\.\d+$/, '');
    const proc = /^P(\d+)$/.exec(name)?.[1];
    const l = timeline.layout.value;
    if (proc !== undefined) {
      const at = l.procs.indexOf(Number(proc));
      if (at >= 0) {
        const { topPx, heightPx, tracks } = procItem(Number(proc), l.procTopPx + at * procItem(0, 0).heightPx);
        revealRow({ topPx, heightPx, row: name, track: tracks[0]!.track });
      }
      return at >= 0;
    }
    const named = parseRowName(name);
    const source = list();
    if (!named || !l.list || l.list.by !== named.by || !source) return false;
    const index = await source.find(named.id);
    if (index === null) return false;
    const { closedGroup } = l.list.geometry.placeOf(index);
    if (closedGroup !== null)
      store.setMode({ ...store.mode, closed: store.mode.closed.filter((c) => c !== closedGroup) });
    const head = await source.readHead(index);
    const now = timeline.layout.value.list;
    if (!head || !now) return false;
    const { topPx, heightPx } = now.geometry.placeOf(index);
    revealRow({ topPx: now.topPx + topPx, heightPx, row: name, track: head.track });
    return true;
  }

  async function selectRow(row: string, atNanos: Nanos): Promise<void> {
    const named = parseRowName(row.replace(/\.\d+$/, ''))!;
    if (store.mode.rowsBy !== named.by) store.setMode({ ...store.mode, rowsBy: named.by });
    const head = await headOf(named.by, named.id);
    if (!head) {
      say(`There is no ${row} in this trace.`);
      return;
    }
    const lane = Number(/\.(\d+)$/.exec(row)?.[1] ?? 0);
    const track = trackOfLane(head.track, lane);
    // Where it does not live at that time, its first moment is meant.
    const d = (await spanNear(track, atNanos)) ?? (await spanNear(track, head.startNanos));
    if (d) show(d, null, row);
    else await revealByName(row);
  }

  async function selectByText(text: string): Promise<void> {
    const place = parseSelect(text);
    if (place?.kind === 'sample') return selectSample(place.atNanos);
    if (place?.kind === 'row') return selectRow(place.row, place.atNanos);
    if (place?.kind === 'range') {
      timeline.fit({ fromNanos: place.fromNanos, toNanos: place.toNanos }, false);
      return;
    }
    if (!place || (procOfTrack(place.track) !== null && !store.procs.includes(procOfTrack(place.track)!))) {
      say(
        `“${text}” names no span. Write a row and a time in nanoseconds: P3@96642560, G12@96642560, gc@…, stw@…, M7@…, T1@….`,
      );
      return;
    }
    const line = { track: place.track, row: '' };
    const picked =
      (await pick('keyboard', line, place.atNanos, 0)) ?? (await pick('keyboard', line, place.atNanos, NEAR_NANOS));
    if (!picked) return;
    select(picked);
    await revealByName(nameOf(place.track));
  }

  return {
    failure,
    pick,
    select,
    selectSample,
    step: (direction) => inTurn(() => stepSpan(direction)),
    stepRow: (direction) => inTurn(() => stepToRow(direction)),
    stepGoroutine: (direction, running) => inTurn(() => stepLife(direction, running)),
    toCause: () => inTurn(toCause),
    toEffect: () => inTurn(toEffect),
    jump: (g, at, proc) => inTurn(() => jump(g, at, proc)),
    range: () => rangeOf(store.selection),
    row: () => (store.selection?.kind === 'span' || store.selection?.kind === 'merged' ? store.selection.row : null),
    goroutine,
    toggleMark: toggle,
    selectByText,
    revealByName,
  };
}
