// A small trace in memory that answers as the engine does, by brute force: for unit tests only. Cells, spans and
// curves follow contract/blocks word by word, so that a picture drawn from it is the picture that the engine's
// answer would give.

import { COUNTER_SERIES, type CounterBlock, type CounterValues } from '../../../contract/blocks/counters';
import { SPAN_STATES, TILE_BUCKETS, stateIx, type SpanState, type TileBlock } from '../../../contract/blocks/tile';
import type { MergedDetails, SpanDetails, TraceApi, TraceInfo } from '../../../contract/trace-api';
import type { PageApi } from '../trace-client';
import { fakePages } from './fake-pages';
import { fakeRows } from './fake-rows';
import { laneOfTrack, procOfTrack, type Nanos, type TrackId } from '../../../contract/units';

export interface FakeSpan {
  readonly track: TrackId;
  readonly start: Nanos;
  readonly end: Nanos;
  readonly state: SpanState;
  readonly label?: string;
  readonly goroutine?: number;
}

export interface FakeTraceOptions {
  readonly durationNanos: Nanos;
  readonly procs: readonly number[];
  readonly spans: readonly FakeSpan[];
  /** Goroutines that run at a time: all curves are made of it. */
  readonly running?: (t: Nanos) => number;
}

export function fakeInfo(o: FakeTraceOptions): TraceInfo {
  return {
    path: 'gcheavy.trace',
    fileName: 'gcheavy.trace',
    sizeBytes: 1_572_864,
    header: 'go 1.26 trace',
    goVersion: '1.26',
    format: 'v2',
    eventCount: o.spans.length * 2,
    kinds: { StateTransition: o.spans.length * 2 },
    durationNanos: o.durationNanos,
    generationCount: 1,
    procs: o.procs,
    threadCount: 4,
    goroutineCount: 3,
    gomaxprocs: o.procs.length,
    startedAt: '2026-11-22T10:10:56.762913004Z',
    sections: [],
    section: 1,
    damage: null,
    procUse: 0.5,
    maxima: { running: 4, runnable: 2, heapBytes: 50_000_000 },
    gcCycleCount: 1,
    stwCount: 1,
    status: 'done',
    indexedToNanos: o.durationNanos,
    indexedInMs: 12,
  };
}

/** One tile of the fake trace. */
export function fakeTile(o: FakeTraceOptions, level: number, tile: number, tracks: readonly TrackId[]): TileBlock {
  const bucket = 2 ** level;
  const start = tile * TILE_BUCKETS * bucket;
  const cells = tracks.length * TILE_BUCKETS;
  const [states, shares] = [new Uint8Array(cells), new Uint8Array(cells)];
  const [counts, masks] = [new Uint16Array(cells), new Uint16Array(cells)];
  const wide: { at: number; span: FakeSpan }[] = [];
  tracks.forEach((track, at) => {
    const spans = o.spans.filter((s) => s.track === track).sort((a, b) => a.start - b.start);
    const times = new Float64Array(TILE_BUCKETS * SPAN_STATES.length);
    const busy = new Float64Array(TILE_BUCKETS);
    for (const s of spans) {
      const from = (s.start - start) / bucket;
      const to = (s.end - start) / bucket;
      if (to <= 0 || from >= TILE_BUCKETS) continue;
      if (to - from >= 2) wide.push({ at, span: s });
      if (from >= 0) counts[at * TILE_BUCKETS + Math.floor(from)]!++;
      for (let b = Math.max(0, Math.floor(from)); b < Math.min(TILE_BUCKETS, Math.ceil(to)); b++) {
        const part = Math.min(b + 1, to) - Math.max(b, from);
        times[b * SPAN_STATES.length + stateIx(s.state)]! += part;
        busy[b] = Math.min(1, busy[b]! + part);
        masks[at * TILE_BUCKETS + b]! |= 1 << stateIx(s.state);
      }
    }
    for (let b = 0; b < TILE_BUCKETS; b++) {
      shares[at * TILE_BUCKETS + b] = Math.ceil(busy[b]! * 255);
      let most = 0;
      for (let s = 1; s < SPAN_STATES.length; s++)
        if (times[b * SPAN_STATES.length + s]! > (most ? times[b * SPAN_STATES.length + most]! : 0)) most = s;
      states[at * TILE_BUCKETS + b] = most;
    }
  });
  const labels = [...new Set(wide.map((w) => w.span.label ?? ''))];
  return {
    level,
    tile,
    tracks: Uint32Array.from(tracks),
    states,
    shares,
    counts,
    masks,
    spanTrack: Uint16Array.from(wide, (w) => w.at),
    spanStart: Float64Array.from(wide, (w) => w.span.start),
    spanEnd: Float64Array.from(wide, (w) => w.span.end),
    spanState: Uint8Array.from(wide, (w) => stateIx(w.span.state)),
    spanGoroutine: Float64Array.from(wide, (w) => w.span.goroutine ?? -1),
    spanLabel: Uint32Array.from(wide, (w) => labels.indexOf(w.span.label ?? '')),
    spanFlags: new Uint8Array(wide.length),
    labels,
    exact: true,
    complete: true,
    indexedToNanos: o.durationNanos,
  };
}

/** One block of curves: every series is `running` of the options, the heap is a million times as much. */
export function fakeCounters(o: FakeTraceOptions, level: number, tile: number): CounterBlock {
  const means = new Float32Array(COUNTER_SERIES.length * TILE_BUCKETS);
  const bucket = 2 ** level;
  for (let s = 0; s < COUNTER_SERIES.length; s++)
    for (let b = 0; b < TILE_BUCKETS; b++) {
      const t = (tile * TILE_BUCKETS + b) * bucket;
      const v = o.running?.(t) ?? 0;
      means[s * TILE_BUCKETS + b] = t >= o.durationNanos ? NaN : COUNTER_SERIES[s]!.startsWith('heap') ? v * 1e6 : v;
    }
  return { level, tile, means, maxima: means.slice(), complete: true, indexedToNanos: o.durationNanos };
}

/** What the details panel would show of a fake span. */
export function fakeDetails(s: FakeSpan): SpanDetails {
  const frame = (fn: string, line: number) => ({ function: fn, file: '/src/main.go', line });
  return {
    kind: 'span',
    track: s.track,
    title: s.label ?? s.state,
    state: s.state,
    startNanos: s.start,
    endNanos: s.end,
    selfNanos: s.end - s.start,
    goroutineId: s.goroutine ?? null,
    goroutineName: s.goroutine === undefined ? null : 'main.churn',
    procId: procOfTrack(s.track),
    threadId: 7,
    startStack: [frame('main.tree', 37), frame('main.tree', 39), frame('main.tree', 39), frame('main.churn', 49)],
    startStackSource: laneOfTrack(s.track) === 0 ? 'last-stop' : 'recorded',
    endStack: [frame('runtime.mallocgc', 1150), frame('main.churn', 49)],
    endReason: 'preempted',
    args: [],
    beganBeforeTrace: false,
    openAtEnd: false,
    inside: [],
  };
}

/** The whole interface of a trace, answered from memory; `pages`: answers of pages that a test is about. */
export function fakeTrace(o: FakeTraceOptions, pages: Partial<PageApi> = {}): TraceApi {
  const info = fakeInfo(o);
  const onTrack = (track: TrackId): FakeSpan[] =>
    o.spans.filter((s) => s.track === track).sort((a, b) => a.start - b.start);
  return {
    ...fakePages(pages),
    ...fakeRows(),
    async index(_input, ctx) {
      ctx.progress({
        doneBytes: info.sizeBytes,
        totalBytes: info.sizeBytes,
        generation: 1,
        generationCount: 1,
        indexedToNanos: o.durationNanos,
        durationNanos: o.durationNanos,
        eventCount: info.eventCount,
        procs: o.procs,
      });
      return info;
    },
    readInfo: async () => info,
    readTile: async ({ level, tile, tracks }) => fakeTile(o, level, tile, tracks),
    readCounters: async ({ level, tile }) => fakeCounters(o, level, tile),
    async readCountersAt({ atNanos }): Promise<CounterValues> {
      const running = o.running?.(atNanos) ?? 0;
      return {
        atNanos,
        goroutines: { waitingGc: 0, runnable: 0, running },
        heap: { allocatedBytes: running * 1e6, goalBytes: null },
        threads: { inSyscall: 0, running },
      };
    },
    async pickSpan({ track, atNanos, toleranceNanos }): Promise<SpanDetails | MergedDetails | null> {
      const hit = onTrack(track)
        .filter((s) => s.start <= atNanos && atNanos < s.end)
        .at(-1);
      if (hit && hit.end - hit.start >= toleranceNanos) return fakeDetails(hit);
      const near = onTrack(track).filter(
        (s) => s.end > atNanos - toleranceNanos && s.start <= atNanos + toleranceNanos,
      );
      if (near.length <= 1) return near[0] ? fakeDetails(near[0]) : null;
      return {
        kind: 'merged',
        track,
        startNanos: near[0]!.start,
        endNanos: Math.max(...near.map((s) => s.end)),
        spanCount: near.length,
        busyNanos: near.reduce((sum, s) => sum + s.end - s.start, 0),
        state: near[0]!.state,
        mainGoroutine: null,
      };
    },
    async readAdjacentSpan({ track, fromNanos, direction }) {
      const spans = onTrack(track);
      const s =
        direction > 0 ? spans.find((x) => x.start > fromNanos) : spans.filter((x) => x.start < fromNanos).at(-1);
      return s ? fakeDetails(s) : null;
    },
  };
}
