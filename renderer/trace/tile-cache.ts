// Which tiles the picture wants, which are there, and what stands in for one that is not.
//
// 1. Each redraw says what it wants, most important first (`want`); the list replaces the one before, so tiles that
//    were scrolled past are never asked for.
// 2. A few requests run at a time, one per key. An answer goes into the cache and wakes the picture.
// 3. A tile that is not there yet is drawn from the nearest coarser one (`standIn`).
// 4. A tile of rows is asked for quickly first; one that came rough is drawn, and asked for again in full.
// 5. A tile that was cut short because the trace is still being read is kept, and asked for again when it can hold more.

import type { CounterBlock } from '../../contract/blocks/counters';
import { MAX_LEVEL, TILE_BUCKETS, type TileBlock } from '../../contract/blocks/tile';
import { traceErrorFrom, type TraceError } from '../../contract/errors';
import type { LatencyBlock } from '../../contract/rows';
import { isRowTrack, type Bytes, type Nanos, type TrackId } from '../../contract/units';
import { trackBusy } from '../base/idle';
import { LruCache } from '../base/lru';
import { prepareTile, type PreparedTile } from './prepare-tile';

/** Tracks that are asked for together. The same processors always share a group, so that scrolling finds its tiles again. */
export interface TrackGroup {
  readonly key: string;
  readonly tracks: readonly TrackId[];
}

/** Stands for the curve of scheduler latency, which is asked for by itself: its first tile needs a pass over the trace. */
export const LATENCY_GROUP: TrackGroup = { key: 'latency', tracks: [] };

export interface WantedTile {
  readonly level: number;
  readonly tile: number;
  /** Null: the curves of that tile, but for scheduler latency. */
  readonly group: TrackGroup | null;
}

export interface TileSource {
  readTile(input: { level: number; tile: number; tracks: readonly TrackId[]; quick?: boolean }): Promise<TileBlock>;
  readCounters(input: { level: number; tile: number }): Promise<CounterBlock>;
  readLatency(input: { level: number; tile: number }): Promise<LatencyBlock>;
}

export interface Curves {
  readonly block: Pick<CounterBlock, 'level' | 'tile' | 'means' | 'maxima' | 'complete' | 'indexedToNanos'>;
  readonly startNanos: Nanos;
  readonly bucketNanos: Nanos;
}

/** Budget of the tiles of one trace: about 400 of eight processors each. */
export const TILE_BUDGET_BYTES: Bytes = 96 * 2 ** 20;
const MAX_RUNNING = 4;
/** How many levels coarser a stand-in may be: as far as the whole trace in one tile. */
const MAX_STAND_IN = MAX_LEVEL;

const keyOf = (level: number, tile: number, group: TrackGroup | null): string =>
  `${level}/${tile}/${group?.key ?? 'c'}`;

type Entry = PreparedTile | Curves;

export class TileCache {
  readonly #source: TileSource;
  readonly #tiles: LruCache<string, Entry>;
  readonly #running = new Set<string>();
  /** Asked for and refused: not asked again before something has changed. */
  readonly #refused = new Set<string>();
  /** How far the trace was read when a tile that came incomplete was asked for: nothing newer, nothing to ask. */
  readonly #askedAt = new Map<string, Nanos>();
  readonly #listeners = new Set<() => void>();
  #queue: readonly WantedTile[] = [];
  #latencyRuns = false;
  #indexedToNanos: Nanos = 0;
  /** Raised when the process is another one: answers of the old one are dropped. */
  #epoch = 0;
  #busy: (() => void) | null = null;
  /** Why the last refused tile was refused; null again when it will be asked for anew. */
  lastError: TraceError | null = null;

  constructor(source: TileSource, budgetBytes: Bytes = TILE_BUDGET_BYTES) {
    this.#source = source;
    this.#tiles = new LruCache(budgetBytes);
  }

  /** Calls back after each tile that came or was refused. Returns the end of it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tile(level: number, tile: number, group: TrackGroup): PreparedTile | undefined {
    return this.#tiles.get(keyOf(level, tile, group)) as PreparedTile | undefined;
  }

  curves(level: number, tile: number, group: TrackGroup | null = null): Curves | undefined {
    return this.#tiles.get(keyOf(level, tile, group)) as Curves | undefined;
  }

  /** The nearest coarser tile that covers a wanted one. */
  standIn(level: number, tile: number, group: TrackGroup): PreparedTile | undefined {
    return this.#coarser(level, tile, group) as PreparedTile | undefined;
  }

  curvesStandIn(level: number, tile: number, group: TrackGroup | null = null): Curves | undefined {
    return this.#coarser(level, tile, group) as Curves | undefined;
  }

  #coarser(level: number, tile: number, group: TrackGroup | null): Entry | undefined {
    let number = tile;
    for (let l = level + 1; l <= Math.min(MAX_LEVEL, level + MAX_STAND_IN); l++) {
      number = Math.floor(number / 2);
      const e = this.#tiles.get(keyOf(l, number, group));
      if (e) return e;
    }
    return undefined;
  }

  /** What is needed now, most important first; replaces what was wanted before. */
  want(list: readonly WantedTile[]): void {
    this.#queue = list;
    this.#pump();
  }

  /** The trace is read further: tiles that were cut short may hold more now, refused ones may be answered. */
  progressed(indexedToNanos: Nanos): void {
    this.#indexedToNanos = indexedToNanos;
    this.#refused.clear();
    this.lastError = null;
    this.#pump();
  }

  /** The trace is read to its end, or as far as it will be: what is incomplete is asked for once more. */
  finished(indexedToNanos: Nanos): void {
    this.#askedAt.clear();
    this.progressed(indexedToNanos);
  }

  /** The process is another one: what runs is forgotten; tiles that are there stay, they hold the same trace. */
  reconnected(): void {
    this.#epoch++;
    this.#running.clear();
    this.#latencyRuns = false;
    this.#refused.clear();
    this.lastError = null;
    this.#pump();
  }

  clear(): void {
    this.#queue = [];
    this.forget();
  }

  /** The trace is another one: no tile is of it. What is wanted stays wanted. */
  forget(): void {
    this.#epoch++;
    this.#indexedToNanos = 0;
    this.#running.clear();
    this.#latencyRuns = false;
    this.#refused.clear();
    this.#askedAt.clear();
    this.#tiles.clear();
    this.#updateBusy();
  }

  /** True when the picture of these tiles is whole: all there, none cut short by the reading. */
  holdsAll(list: readonly WantedTile[]): boolean {
    return list.every((w) => {
      const block = this.#tiles.peek(keyOf(w.level, w.tile, w.group))?.block;
      return block?.complete === true && !('exact' in block && !block.exact);
    });
  }

  #isNeeded(key: string): boolean {
    if (this.#running.has(key) || this.#refused.has(key)) return false;
    const e = this.#tiles.peek(key);
    if (!e) return true;
    if ('exact' in e.block && !e.block.exact) return true;
    return !e.block.complete && this.#couldHoldMore(e, this.#askedAt.get(key) ?? 0);
  }

  /**
   * An incomplete tile is asked for again when the reading went on by a part of it since the last question, or
   * passed its end. N.B. it must have gone on: a tile that stays incomplete would be asked for without end.
   */
  #couldHoldMore(e: Entry, askedAtNanos: Nanos): boolean {
    const length = e.bucketNanos * 1024;
    const now = this.#indexedToNanos;
    if (now <= askedAtNanos || now <= e.startNanos) return false;
    return now >= e.startNanos + length || now - askedAtNanos >= length / 32;
  }

  #pump(): void {
    for (const w of this.#queue) {
      if (this.#running.size >= MAX_RUNNING) break;
      const key = keyOf(w.level, w.tile, w.group);
      // The first of these waits for a pass: they must not take the places of all others.
      if (w.group === LATENCY_GROUP && this.#latencyRuns) continue;
      if (this.#isNeeded(key)) this.#ask(w, key);
    }
    this.#updateBusy();
  }

  #ask(w: WantedTile, key: string): void {
    const epoch = this.#epoch;
    this.#running.add(key);
    const began = performance.now();
    this.#askedAt.set(key, this.#indexedToNanos);
    const isLatency = w.group === LATENCY_GROUP;
    if (isLatency) this.#latencyRuns = true;
    const answer = this.#answer(w, key);
    const settle = (keep: () => void): void => {
      // For tests/bench, which listens; nothing of it is kept.
      performance.measure('tile', { start: began });
      performance.clearMeasures('tile');
      if (epoch !== this.#epoch) return;
      if (isLatency) this.#latencyRuns = false;
      this.#running.delete(key);
      keep();
      this.#pump();
      for (const f of this.#listeners) f();
    };
    answer.then(
      (e) =>
        settle(() => {
          this.#tiles.set(key, e, 'bytes' in e ? e.bytes : e.block.means.byteLength * 2);
          if (e.block.complete) this.#askedAt.delete(key);
        }),
      (e: unknown) =>
        settle(() => {
          this.#refused.add(key);
          this.lastError = traceErrorFrom(e);
        }),
    );
  }

  #answer(w: WantedTile, key: string): Promise<Entry> {
    const { level, tile, group } = w;
    if (group === null) return this.#source.readCounters({ level, tile }).then(curvesOf);
    if (group === LATENCY_GROUP) return this.#source.readLatency({ level, tile }).then(latencyOf);
    return this.#source.readTile(this.#question(w, group, key)).then(prepareTile);
  }

  /** Rows are asked for quickly while nothing of them is there. */
  #question(w: WantedTile, { tracks }: TrackGroup, key: string): Parameters<TileSource['readTile']>[0] {
    const input = { level: w.level, tile: w.tile, tracks };
    const quick = tracks[0] !== undefined && isRowTrack(tracks[0]) && !this.#tiles.peek(key);
    return quick ? { ...input, quick } : input;
  }

  #updateBusy(): void {
    if (this.#running.size > 0) this.#busy ??= trackBusy('tiles');
    else if (this.#busy) {
      this.#busy();
      this.#busy = null;
    }
  }
}

function latencyOf({ level, tile, means, maxima, complete }: LatencyBlock): Curves {
  const known = (list: readonly (number | null)[]): Float32Array =>
    Float32Array.from({ length: TILE_BUCKETS }, (_, i) => list[i] ?? NaN);
  return curvesOf({ level, tile, means: known(means), maxima: known(maxima), complete, indexedToNanos: Infinity });
}

function curvesOf(block: Curves['block']): Curves {
  const bucketNanos = 2 ** block.level;
  return { block, startNanos: block.tile * 1024 * bucketNanos, bucketNanos };
}
