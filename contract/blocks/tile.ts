// A tile of the timeline: 1024 buckets of 2^level ns for each of the tracks asked for.

import type { Nanos } from '../units';

export const TILE_BUCKETS = 1024;
/** Finest level: one bucket is 1 ns. */
export const MIN_LEVEL = 0;
export const MAX_LEVEL = 52;
/** At most this many tracks in one request, so that an answer stays under 256 KiB. */
export const MAX_TILE_TRACKS = 32;

/** What a bucket or a span is. The number is on the wire; ties between states go to the lower number. */
export const SPAN_STATES = [
  'idle', // 0: nothing; never a span
  'running', // 1: lane 0, a goroutine on the processor
  'gc-worker', // 2: lane 0, a goroutine that is a GC mark worker (dedicated, fractional, idle)
  'syscall', // 3: lane 1
  'assist', // 4: lane 1, GC mark assist
  'sweep', // 5: lane 1, GC incremental sweep
  'stw', // 6: lane 1 and the STW track
  'gc-mark', // 7: the GC track, concurrent mark phase
  'other', // 8: lane 1, other runtime work
  // Of rows by goroutine, thread and task (contract/rows.ts); 1, 3 and 4 are theirs as well.
  'runnable', // 9: it waits for a processor; also a tick on rows of wake-ups
  'waiting', // 10: the label is the reason
  'syscall-blocked', // 11: a system call that lost its processor
  'region', // 12: the label is its name
  'task', // 13
  'log', // 14: a tick
  'sample', // 15: a tick, a CPU sample
] as const;
export type SpanState = (typeof SPAN_STATES)[number];
export const stateIx = (s: SpanState): number => SPAN_STATES.indexOf(s);

export interface TileBlock {
  readonly level: number;
  /** Tile number: it covers [tile, tile + 1) × 1024 × 2^level ns. */
  readonly tile: number;
  /** The tracks, in the order asked for; n = their number. */
  readonly tracks: Uint32Array;
  /** u8[n × 1024], track by track: the state with most time in the bucket, 0 when nothing was there. */
  readonly states: Uint8Array;
  /** u8[n × 1024]: share of the bucket that is not idle, rounded up, 255 = all of it. */
  readonly shares: Uint8Array;
  /** u16[n × 1024]: spans that start in the bucket (65535: that or more). */
  readonly counts: Uint16Array;
  /** u16[n × 1024]: bit s set = state s occurs in the bucket, however short. */
  readonly masks: Uint16Array;

  /** Spans wide enough to be drawn as themselves (at least 2 buckets; at coarse levels at least 16), by track, then start. */
  readonly spanTrack: Uint16Array; // index into `tracks`
  readonly spanStart: Float64Array; // ns
  readonly spanEnd: Float64Array; // ns
  readonly spanState: Uint8Array;
  readonly spanGoroutine: Float64Array; // goroutine id, -1 = none
  readonly spanLabel: Uint32Array; // index into `labels`
  /** Bit 0: began before the trace; bit 1: goes on at its end. */
  readonly spanFlags: Uint8Array;
  /** Texts of labels: `G27 main.churn`, `stop-the-world (GC sweep termination)`, ... */
  readonly labels: readonly string[];

  /**
   * False: a tile that was asked for quickly and holds more than could be read at once; states are those of longer
   * stretches, shared out evenly. Ask again without `quick`.
   */
  readonly exact: boolean;
  /** False while part of the tile is not indexed yet: ask again when indexing has gone on. */
  readonly complete: boolean;
  /** The trace is indexed up to here. */
  readonly indexedToNanos: Nanos;
}
