// Every question to a trace: arguments → answer. The data plane: page ↔ utility process over one MessagePort
// (contract/rpc.ts); main is not on the road. One utility process serves one trace.

import type { AnswersApi, Frame } from './answers';
import type { CompareApi } from './compare';
import type { CallContext } from './rpc';
import type { RowsApi } from './rows';
import type { SearchApi } from './search';
import type { TablesApi } from './tables';
import type { Bytes, Nanos, TrackId } from './units';
import type { TileBlock, SpanState } from './blocks/tile';
import type { CounterBlock, CounterValues } from './blocks/counters';
import type { ErrorCode } from './errors';

export interface Damage {
  readonly code: ErrorCode;
  readonly message: string;
  readonly offsetBytes: Bytes;
  readonly lostBytes: Bytes;
  /** What is lost begins here; null when no time can be said. */
  readonly lostFromNanos: Nanos | null;
}

export interface TraceInfo {
  readonly path: string;
  readonly fileName: string;
  readonly sizeBytes: Bytes;
  /** `go 1.26 trace` */
  readonly header: string;
  /** `1.26` */
  readonly goVersion: string;
  readonly format: 'v1' | 'v2';
  readonly eventCount: number;
  /** Events by kind, e.g. `StateTransition`. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly durationNanos: Nanos;
  readonly generationCount: number;
  /** Processor ids, ascending. */
  readonly procs: readonly number[];
  readonly threadCount: number;
  readonly goroutineCount: number;
  /** The last GOMAXPROCS seen, null when none was. */
  readonly gomaxprocs: number | null;
  /** RFC 3339 with nanoseconds; null when the trace has no wall clock (before Go 1.25). */
  readonly startedAt: string | null;
  /** Traces found in the file, one after another; known when this one was read to its end. */
  readonly sections: readonly { readonly offsetBytes: Bytes; readonly sizeBytes: Bytes; readonly header: string }[];
  /** Which of them this answer is about, from 1. */
  readonly section: number;
  readonly damage: Damage | null;
  /** Mean share of processor time that was in use, 0..1; null before the end of indexing. */
  readonly procUse: number | null;
  readonly maxima: { readonly running: number; readonly runnable: number; readonly heapBytes: number | null };
  readonly gcCycleCount: number;
  readonly stwCount: number;
  readonly status: 'indexing' | 'done' | 'cancelled';
  /** Indexed up to here (equals durationNanos when done). */
  readonly indexedToNanos: Nanos;
  /** Wall time that indexing took so far. */
  readonly indexedInMs: number;
  /** Why the index cannot be kept for the next opening, in a sentence; null or absent when nothing hinders it. */
  readonly cacheNotice?: string | null;
  /** Its stacks are addresses: the program that wrote it knows the names (Go 1.5 and 1.6). */
  readonly needsBinary?: boolean;
}

export interface IndexProgress {
  readonly doneBytes: Bytes;
  readonly totalBytes: Bytes;
  readonly generation: number;
  readonly generationCount: number;
  readonly indexedToNanos: Nanos;
  /** Best estimate of the whole trace's length until indexing ends. */
  readonly durationNanos: Nanos;
  readonly eventCount: number;
  readonly procs: readonly number[];
}

export type { Frame };

/** A span that was clicked: everything the details panel shows. */
export interface SpanDetails {
  readonly kind: 'span';
  readonly track: TrackId;
  /** `G26 main.churn`, `syscall`, `stop-the-world (GOMAXPROCS)` ... */
  readonly title: string;
  readonly state: SpanState;
  /** Of a wait: `chan receive`; empty where it is not known. Only on rows of goroutines. */
  readonly reason?: string;
  readonly startNanos: Nanos;
  readonly endNanos: Nanos;
  /** Wall duration less what happened inside (lane 1 spans on the same processor). */
  readonly selfNanos: Nanos;
  readonly goroutineId: number | null;
  readonly goroutineName: string | null;
  readonly procId: number | null;
  readonly threadId: number | null;
  readonly startStack: readonly Frame[];
  /**
   * `recorded`: of the event that began the span. `last-stop`: where the goroutine had stopped before, since Go records
   * none at a start. `created`: it runs for the first time; the frame is its start function.
   */
  readonly startStackSource: 'recorded' | 'last-stop' | 'created' | 'none';
  readonly endStack: readonly Frame[];
  /** Why it ended, in Go's words: `chan receive`, `preempted`, `syscall`, `goroutine ended`, `trace ended` ... */
  readonly endReason: string;
  /** Names and values that the event carries, e.g. `bytes swept` 8192. */
  readonly args: readonly { readonly name: string; readonly value: number }[];
  readonly beganBeforeTrace: boolean;
  readonly openAtEnd: boolean;
  /** Time inside the span by state of lane 1. */
  readonly inside: readonly { readonly state: SpanState; readonly nanos: Nanos; readonly count: number }[];
}

/** Several spans under one pixel: what the merged span holds. */
export interface MergedDetails {
  readonly kind: 'merged';
  readonly track: TrackId;
  readonly startNanos: Nanos;
  readonly endNanos: Nanos;
  readonly spanCount: number;
  readonly busyNanos: Nanos;
  readonly state: SpanState;
  /** The goroutine with most time in it; null when the range is too long to look at each span. */
  readonly mainGoroutine: {
    readonly id: number;
    readonly name: string;
    readonly nanos: Nanos;
    readonly spanCount: number;
  } | null;
}

/**
 * Names of methods are unique in the contract; a test checks that the host serves each of them. What pages ask stands in
 * files of its own: a new one is an interface here, a file of shapes in main/host, a file of the addon's `ask`.
 */
export interface TraceApi extends AnswersApi, TablesApi, RowsApi, SearchApi, CompareApi {
  /**
   * Opens and indexes the trace of this process; the second call joins the first. Progress: `IndexProgress`, at most
   * 20 a second. Abort stops indexing (status `cancelled`, what was read stays usable); the next call goes on.
   * Errors: all codes about files, as `CODE: sentence`.
   */
  index(input: null, ctx: CallContext): Promise<TraceInfo>;
  /** What is known so far. Cost: O(1). */
  readInfo(input: null, ctx: CallContext): Promise<TraceInfo>;
  /**
   * One tile. Cost: by buckets and tracks at pyramid levels; below them one generation is decoded (and kept a while).
   * Tracks of rows (contract/rows.ts) and others are not mixed in one question. `quick`: see `TileBlock.exact`. Abort ends
   * it between two pieces of the trace, by CANCELLED; so it does `readCounters`.
   */
  readTile(
    input: { level: number; tile: number; tracks: readonly TrackId[]; quick?: boolean | undefined },
    ctx: CallContext,
  ): Promise<TileBlock>;
  readCounters(input: { level: number; tile: number }, ctx: CallContext): Promise<CounterBlock>;
  readCountersAt(input: { atNanos: Nanos }, ctx: CallContext): Promise<CounterValues>;
  /**
   * What is drawn at a place: the innermost span of the track that contains `atNanos`, else the nearest within
   * `toleranceNanos`; several spans inside the tolerance that are each shorter than it: a merged answer; null: idle.
   */
  pickSpan(
    input: { track: TrackId; atNanos: Nanos; toleranceNanos: Nanos },
    ctx: CallContext,
  ): Promise<SpanDetails | MergedDetails | null>;
  /** The next (+1) or previous (-1) span of the track: the first that starts after, or the last that starts before `fromNanos`; null at the end. */
  readAdjacentSpan(
    input: { track: TrackId; fromNanos: Nanos; direction: 1 | -1 },
    ctx: CallContext,
  ): Promise<SpanDetails | null>;
}
