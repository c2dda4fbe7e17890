// The search language (docs/guide/search.md) as it is typed, the events that a query finds, and its hits in the
// timeline. Queries are written the same everywhere: here, in tables.ts, on the command line.

import type { Frame, TimeRange } from './answers';
import type { CallContext } from './rpc';
import type { Nanos, TrackId } from './units';

/** What is wrong with a query. Offsets count as JavaScript's strings do; both equal: between two characters. */
export interface QueryProblem {
  readonly fromChar: number;
  readonly toChar: number;
  /** A sentence without its full stop. */
  readonly message: string;
  /** What could stand there; empty when nothing can be said. */
  readonly expected: readonly string[];
}

export interface CompletionItem {
  /** What to put in. */
  readonly text: string;
  readonly label: string;
  readonly about: string;
}

/** Items that could stand in place of the characters from `fromChar` to `toChar`. */
export interface Completion {
  readonly fromChar: number;
  readonly toChar: number;
  readonly items: readonly CompletionItem[];
}

/** An event as a row: what happened, in whose context. */
export interface EventRow {
  /** Its number in the trace, from 0; `i` of `tracewell events`. */
  readonly index: number;
  readonly timeNanos: Nanos;
  readonly kind: string;
  readonly goroutine: number | null;
  readonly goroutineName: string;
  readonly proc: number | null;
  readonly thread: number | null;
  readonly detail: string;
  /** Leaf of its stack. */
  readonly top: Frame | null;
}

export interface EventDetails extends EventRow {
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** The goroutine that it happens to, where that is another one than it happens in. */
  readonly subject: number | null;
  readonly subjectName: string;
  /** Of the context, and of the goroutine that it happens to where that is another one. */
  readonly stack: readonly Frame[];
  readonly ownStack: readonly Frame[];
}

export interface OpenedEvents {
  readonly tableId: number;
  /** Events that are found, and all of the trace. */
  readonly rowCount: number;
  readonly totalCount: number;
}

/** A hit in the timeline: a span, or an event where the query asks for what only events have. */
export interface FoundHit {
  readonly kind: 'span' | 'event';
  /** The row it is drawn on; null for an event on no processor. */
  readonly track: TrackId | null;
  readonly startNanos: Nanos;
  readonly endNanos: Nanos;
  readonly goroutine: number | null;
  readonly what: string;
  readonly eventIndex: number | null;
  /** Its place among all hits, from 0; null when they were not counted (`readHitTicks`). */
  readonly place: number | null;
}

/** Where hits lie: spans of processors, states of goroutines, or events. */
export type HitRows = 'processors' | 'goroutines' | 'events';

/** Steps of time in which `readHitTicks` counts. */
export const HIT_TICKS = 1024;

/** A row that a page holds itself, as the search language sees it: names, and by field numbers (times in ns) and texts. */
export interface SearchedRow {
  readonly names: readonly string[];
  readonly numbers?: Readonly<Record<string, number>>;
  /** `stack` is a stack of one frame. */
  readonly texts?: Readonly<Record<string, string | readonly string[]>>;
  /** running, runnable, waiting or syscall. */
  readonly state?: string;
}

/** Rows of one question at most. */
export const MAX_ROWS_MATCHED = 50_000;

/** Cost of all that search: the first question makes one pass over the trace; progress as in answers.ts. */
export interface SearchApi {
  /** Null: it can be read. Cost: O(text). */
  checkQuery(input: { query: string }, ctx: CallContext): Promise<QueryProblem | null>;
  /** Places of the rows that the query finds. Cost: O(rows). Errors: RANGE. */
  matchRows(input: { query: string; rows: readonly SearchedRow[] }, ctx: CallContext): Promise<readonly number[]>;
  completeQuery(input: { query: string; caret: number }, ctx: CallContext): Promise<Completion>;
  /** All events, or with a query those it finds; `window` null: of the whole trace. Cost: a pass, a byte or two a hit. */
  openEvents(input: { query: string; window: TimeRange | null }, ctx: CallContext): Promise<OpenedEvents>;
  /** Rows [from, from + count), at most 500. Cost: decoding the part of the trace that they lie in. */
  readEvents(input: { tableId: number; from: number; count: number }, ctx: CallContext): Promise<readonly EventRow[]>;
  /** Everything about one event; null when there is none of that number. */
  readEvent(input: { index: number }, ctx: CallContext): Promise<EventDetails | null>;
  /** Row of the event of a number (or the next one), or of the first event at a time or after it; null: behind the end. */
  findEventRow(
    input: { tableId: number; index: number | null; atNanos: Nanos | null },
    ctx: CallContext,
  ): Promise<number | null>;
  /** Rows from one on as lines, about a MiB at a time; `next` null: that was the end. */
  readEventText(
    input: { tableId: number; from: number; format: 'csv' | 'jsonl' },
    ctx: CallContext,
  ): Promise<{ readonly text: string; readonly next: number | null }>;
  closeEvents(input: { tableId: number }, ctx: CallContext): Promise<null>;
  /**
   * The first hit that begins after `fromNanos`, or (not `forward`) the last one before it; null: there is none. `track`:
   * of a hit that began at `fromNanos`, so that others which began together with it follow, row by row. What asks for
   * waiting, being runnable or a reason is looked for in rows of goroutines, all else in those of processors.
   */
  findHit(
    input: { query: string; fromNanos: Nanos; track: TrackId | null; forward: boolean },
    ctx: CallContext,
  ): Promise<FoundHit | null>;
  /** How many hits there are, in `HIT_TICKS` equal steps of the whole trace, and on which rows (as `findHit` says). */
  readHitTicks(
    input: { query: string },
    ctx: CallContext,
  ): Promise<{ readonly count: number; readonly ticks: readonly number[]; readonly on: HitRows }>;
  /**
   * What a tile's merged spans hold: of each track, in the order asked for, the buckets (of 2^level ns, 1024 a tile, rising)
   * that hits shorter than 32 of them touch. Longer ones are spans of their own in the tile. `cells` null: not known, since
   * the tile lies in more than 24 segments, or the hits are events. Errors: RANGE. Cost: decoding those segments.
   */
  readHitCells(
    input: { query: string; level: number; tile: number; tracks: readonly TrackId[] },
    ctx: CallContext,
  ): Promise<{ readonly cells: readonly (readonly number[])[] | null }>;
}
