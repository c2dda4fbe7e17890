// Rows of View trace other than processors: goroutines, threads, tasks, sources of wake-ups. A list of rows lives in the
// engine (millions are sorted and filtered there); the page reads the heads of those in view. Their pictures are tracks
// like all others: `readTile`, `pickSpan` and `readAdjacentSpan` take them.

import type { CallContext } from './rpc';
import type { AnswerProgress, Frame } from './answers';
import type { SpanState } from './blocks/tile';
import type { Nanos, TrackId } from './units';

/** `wakeups` are three fixed rows: Network, Timers, Syscalls; their spans are ticks where each woke a goroutine. */
export const ROW_KINDS = ['goroutines', 'threads', 'tasks', 'wakeups'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** `name` is the start function of a goroutine, the type of a task. Times are totals of the whole life. */
export const ROW_SORTS = ['start', 'duration', 'running', 'runnable', 'waiting', 'syscall', 'id', 'name'] as const;
export type RowSort = (typeof ROW_SORTS)[number];

export interface RowsRequest {
  readonly by: RowKind;
  /** Rows of one name stand together, names by their total of the sort key. */
  readonly groupByName: boolean;
  readonly sort: RowSort;
  readonly descending: boolean;
  /** In the search language; empty: all. */
  readonly filter: string;
  /** Only these ids (of goroutines, threads, tasks); null: all. */
  readonly ids: readonly number[] | null;
  /** Only rows that live in it; null: the whole trace. */
  readonly window: { readonly fromNanos: Nanos; readonly toNanos: Nanos } | null;
}

export interface RowGroup {
  readonly name: string;
  /** Rows [from, from + count) of the list. */
  readonly from: number;
  readonly count: number;
}

export interface RowList {
  readonly rowsId: number;
  readonly by: RowKind;
  readonly count: number;
  /** All rows of that kind, unfiltered. */
  readonly totalCount: number;
  /** Empty unless asked for. */
  readonly groups: readonly RowGroup[];
}

/** What stands beside a row. The same row has the same track as long as the file is the same. */
export interface RowHead {
  /** Track of lane 0: states of a goroutine, runs of a thread, the span of a task. `trackOfLane` gives the others. */
  readonly track: TrackId;
  readonly id: number;
  /** Start function of a goroutine, type of a task, empty for threads. */
  readonly name: string;
  readonly startNanos: Nanos;
  readonly endNanos: Nanos;
  /** It was there before the trace, or had not ended at its end. */
  readonly beganBeforeTrace: boolean;
  readonly openAtEnd: boolean;
  /** Lanes 1 to `nestedLanes` hold what nests: regions of a goroutine, system calls of a thread, regions of a task. */
  readonly nestedLanes: number;
  /** Lane 15 holds logs, lane 14 CPU samples. */
  readonly hasLogs: boolean;
  readonly hasSamples: boolean;
  /** Goroutine that made it, or parent task. */
  readonly parentId: number | null;
  readonly runningNanos: Nanos;
  readonly runnableNanos: Nanos;
  readonly waitingNanos: Nanos;
  /** With and without a processor. */
  readonly syscallNanos: Nanos;
}

export const LANE_SAMPLES = 14;
export const LANE_LOGS = 15;
export const MAX_NESTED_LANES = 7;
/** Most rows of one answer. */
export const MAX_ROW_HEADS = 500;

/** Who made a goroutine run. */
export interface Flow {
  readonly kind: 'create' | 'unblock';
  /** Of the wait that ended; empty for a creation. */
  readonly reason: string;
  /** Null: nobody is named (timers, network, the scheduler). */
  readonly fromGoroutine: number | null;
  readonly fromName: string;
  /** Tracks of both goroutines' rows, and the processors where it happened; null where there is none. */
  readonly fromTrack: TrackId | null;
  readonly fromProc: number | null;
  readonly atNanos: Nanos;
  readonly toGoroutine: number;
  readonly toName: string;
  readonly toTrack: TrackId;
  /** When and where it ran next; null: never. */
  readonly startNanos: Nanos | null;
  readonly toProc: number | null;
}

export interface Flows {
  /** Flows whose cause lies in the window. */
  readonly count: number;
  /** Empty when there are more than asked for: then only `count` is told. */
  readonly flows: readonly Flow[];
}

export interface FlowWithStack extends Flow {
  /** Of the event that caused it, leaf first. */
  readonly stack: readonly Frame[];
}

/** One event of a goroutine, as the details panel lists it. */
export interface EventLine {
  readonly atNanos: Nanos;
  /** `StateTransition`, `RegionBegin`, `Log` ... */
  readonly kind: string;
  /** In words: `waits: chan receive`, `runs on P 2`, `log parse: 17 rows`. */
  readonly text: string;
  readonly stack: readonly Frame[];
}

/** What is connected with a span of a goroutine. */
export interface Connections {
  readonly goroutine: number;
  readonly startNanos: Nanos;
  readonly endNanos: Nanos;
  /** Who made it run: of a running span, what ended the wait before it; of a wait, what ended that; null where nothing is known. */
  readonly incoming: FlowWithStack | null;
  /** Whom it woke or made during the span: the first 100, and how many in all. */
  readonly outgoing: readonly FlowWithStack[];
  readonly outgoingCount: number;
  /** Its last events before the span, newest first, and its first after the span's begin; at most 20 each. */
  readonly preceding: readonly EventLine[];
  readonly following: readonly EventLine[];
  /** From the span's end until it runs again, state by state; `nextRunNanos` null: it never does. */
  readonly untilNextRun: readonly { readonly state: SpanState; readonly reason: string; readonly nanos: Nanos }[];
  readonly nextRunNanos: Nanos | null;
}

/** A step of the chain of causes: what a goroutine was in, and who ended it. Steps go back in time. */
export interface CauseStep {
  readonly goroutine: number;
  readonly name: string;
  readonly track: TrackId;
  /** `created`: it did not wait; it was made within the first wait, at startNanos = endNanos. */
  readonly state: SpanState | 'created';
  readonly reason: string;
  readonly startNanos: Nanos;
  readonly endNanos: Nanos;
  /** Who ended it; null: nobody is named. */
  readonly byGoroutine: number | null;
  readonly byName: string;
  /** Where it ended it (stack of the waker), and where the goroutine had begun to wait. */
  readonly byStack: readonly Frame[];
  readonly stack: readonly Frame[];
  /**
   * The part of the first step's span between the end of the next step (of the last: the span's begin) and the end of
   * this one: what whoever ended it did in between. All of them together are the span's length.
   */
  readonly shareNanos: Nanos;
}

export interface Causes {
  readonly steps: readonly CauseStep[];
  /** `unknown`: nobody is named; `ran`: whoever ended it had not waited within the first wait; `limit`: 8 steps. */
  readonly stop: 'unknown' | 'ran' | 'limit';
}

export interface AreaPart {
  readonly name: string;
  readonly nanos: Nanos;
  readonly count: number;
}
export interface AreaState extends AreaPart {
  readonly state: SpanState;
}
export interface AreaGoroutine extends AreaPart {
  readonly goroutine: number;
  readonly track: TrackId;
}

/** What an area holds. Each list sums to `totalNanos`; lists of goroutines and functions end with their 200 longest, the rest is in `others`. */
export interface Area {
  readonly fromNanos: Nanos;
  readonly toNanos: Nanos;
  readonly trackCount: number;
  /** Time of all spans in it, cut at its edges. */
  readonly totalNanos: Nanos;
  /** Spans that end in it. */
  readonly spanCount: number;
  readonly byState: readonly AreaState[];
  readonly byGoroutine: readonly AreaGoroutine[];
  readonly byFunction: readonly AreaPart[];
  /** Reasons of waits alone. */
  readonly byReason: readonly AreaPart[];
  readonly otherGoroutines: { readonly nanos: Nanos; readonly count: number };
  readonly otherFunctions: { readonly nanos: Nanos; readonly count: number };
}

/** How far the pass that makes rows is: it runs once for a trace, when rows are first asked for. */
export type RowsProgress = AnswerProgress;

/** Scheduler latency, in 1024 buckets of 2^level ns: what the goroutines that began to run in each had waited for it. */
export interface LatencyBlock {
  readonly level: number;
  readonly tile: number;
  /** ns; null where no goroutine began to run. */
  readonly means: readonly (Nanos | null)[];
  readonly maxima: readonly (Nanos | null)[];
  readonly complete: boolean;
}

/** A goroutine that began to run, and how long it had been runnable then. */
export interface LatencySample {
  readonly goroutine: number;
  readonly atNanos: Nanos;
  readonly nanos: Nanos;
}

export interface RowsApi {
  /**
   * Makes a list. The first list of goroutines, threads or tasks needs one pass over the trace: progress `RowsProgress`, and
   * abort ends it. Errors: RANGE, with the place in it, when the filter cannot be read; CANCELLED. Cost afterwards: O(rows of that kind) for sort and filter.
   */
  openRows(input: RowsRequest, ctx: CallContext): Promise<RowList>;
  /** Heads of rows [from, from + count) of a list. Errors: RANGE when the list was closed. Cost: O(count). */
  readRowHeads(
    input: { rowsId: number; from: number; count: number },
    ctx: CallContext,
  ): Promise<{ readonly heads: readonly RowHead[] }>;
  /** Place of a goroutine, thread or task in a list; null when the filter hides it. Cost: O(rows). */
  findInRows(input: { rowsId: number; id: number }, ctx: CallContext): Promise<{ readonly index: number | null }>;
  /** Heads by id, whether or not they are in a list: pinned rows, links. Unknown ids are left out. */
  readRowsById(
    input: { by: RowKind; ids: readonly number[] },
    ctx: CallContext,
  ): Promise<{ readonly heads: readonly RowHead[] }>;
  closeRows(input: { rowsId: number }, ctx: CallContext): Promise<null>;
  /** Arrows in a window; of one goroutine (from and to it), or of all. Cost: the windows are decoded, and kept a while. */
  readFlows(
    input: { fromNanos: Nanos; toNanos: Nanos; goroutine: number | null; max: number },
    ctx: CallContext,
  ): Promise<Flows>;
  /** What is connected with the span of a goroutine's states that contains `atNanos`; null: it did not live then. */
  readConnections(input: { goroutine: number; atNanos: Nanos }, ctx: CallContext): Promise<Connections | null>;
  /** Why it was in that state: as `tracewell causes`. Errors: RANGE when it did not live then. */
  readCauses(input: { goroutine: number; atNanos: Nanos }, ctx: CallContext): Promise<Causes>;
  /** The curve of scheduler latency. Cost: the pass that makes rows, once; below the levels that are kept a decoding. */
  readLatency(input: { level: number; tile: number }, ctx: CallContext): Promise<LatencyBlock>;
  /** The goroutine that began to run last, up to a time; null: none did lately. Cost: a decoding or two. */
  readLatencyAt(input: { atNanos: Nanos }, ctx: CallContext): Promise<LatencySample | null>;
  /** Time by state, goroutine, function and reason on some tracks. Cost: the windows of the area are decoded. */
  readArea(input: { tracks: readonly TrackId[]; fromNanos: Nanos; toNanos: Nanos }, ctx: CallContext): Promise<Area>;
}
