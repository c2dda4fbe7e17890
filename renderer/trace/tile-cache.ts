// Which tiles the picture wants, which are there, and what stands in for one that is not.
//
// 1. Each redraw says what it wants, most important first (`want`); the list replaces the one before, so tiles that
//    were scrolled past are never asked for, and what runs for them is given up.
// 2. A few requests run at a time, one per key (turns.ts). An answer goes into the cache and wakes the picture.
// 3. A tile that is not there yet is drawn from the nearest coarser one (`standIn`).
// 4. A tile is asked for quickly first; one that came rough is drawn, and asked for again in full when the view
//    rests: a picture that moves on needs the processors for its frames.
// 5. A tile that was cut short because the trace is still being read is kept, and asked for again when it can hold more.

import type { CounterBlock } from '../../contract/blocks/counters';
import { MAX_LEVEL, TILE_BUCKETS, type TileBlock } from '../../contract/blocks/tile';
import { traceErrorFrom, type TraceError } from '../../contract/errors';
import type { LatencyBlock } from '../../contract/rows';
import type { Bytes, Nanos, TrackId } from '../../contract/units';
import { trackBusy } from '../base/idle';
import { LruCache } from '../base/lru';
import { prepareTile, type PreparedTile } from './prepare-tile';
import { isSameList, nextTurns, REST_MS, type Lack } from './turns';

/** Tracks that are asked for together. The same processors always share a group, so that scrolling finds its tiles again. */
export interface TrackGroup {
  readonly key: string;
  readonly tracks: readonly TrackId[];
  /** Its first tile waits for a pass over the trace: it must not take the places of others. */
  readonly waits?: boolean;
}

/** Stands for the curve of scheduler latency, which is asked for by itself. */
export const LATENCY_GROUP: TrackGroup = { key: 'latency', tracks: [], waits: true };

export interface WantedTile {
  readonly level: number;
  readonly tile: number;
  /** Null: the curves of that tile, but for scheduler latency. */
  readonly group: TrackGroup | null;
}

export interface TileSource {
  readTile(
    input: { level: number; tile: number; tracks: readonly TrackId[]; quick?: boolean },
    signal: AbortSignal,
  ): Promise<TileBlock>;
  readCounters(input: { level: number; tile: number }, signal: AbortSignal): Promise<CounterBlock>;
  readLatency(input: { level: number; tile: number }): Promise<LatencyBlock>;
}

export interface Curves {
  readonly block: Pick<CounterBlock, 'level' | 'tile' | 'means' | 'maxima' | 'complete' | 'indexedToNanos'>;
  readonly startNanos: Nanos;
  readonly bucketNanos: Nanos;
}

/** Budget of the tiles of one trace: about 400 of eight processors each. */
export const TILE_BUDGET_BYTES: Bytes = 96 * 2 ** 20;
/** How many levels coarser a stand-in may be: as far as the whole trace in one tile. */
const MAX_STAND_IN = MAX_LEVEL;

const keyOf = (level: number, tile: number, group: TrackGroup | null): string =>
  `${level}/${tile}/${group?.key ?? 'c'}`;

type Entry = PreparedTile | Curves;

export interface Running {
  readonly wanted: WantedTile;
  readonly lack: Lack;
  readonly stop: AbortController;
}

export class TileCache {
  readonly #source: TileSource;
  readonly #tiles: LruCache<string, Entry>;
  readonly #running = new Map<string, Running>();
  /** Asked for and refused: not asked again before something has changed. */
  readonly #refused = new Set<string>();
  /** How far the trace was read when a tile that came incomplete was asked for: nothing newer, nothing to ask. */
  readonly #askedAt = new Map<string, Nanos>();
  readonly #listeners = new Set<() => void>();
  #queue: readonly WantedTile[] = [];
  /** So many of the queue are needed; the others may be wanted next. */
  #needed = 0;
  /** The view moves until this ends. */
  #rest: ReturnType<typeof setTimeout> | null = null;
  #movedAt = 0;
  /** Something waits for the rest. */
  #held = false;
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

  /** What is wanted now, most important first; of it the first `needed` make up the picture. Replaces the list before. */
  want(list: readonly WantedTile[], needed = list.length): void {
    const moved = !isSameList(this.#queue, list);
    this.#queue = list;
    this.#needed = needed;
    if (moved) this.#move();
    this.#pump();
  }

  /** Another picture is wanted: what runs for the one before is given up, and what is costly waits. */
  #move(): void {
    for (const r of this.#running.values()) {
      const { level, tile, group } = r.wanted;
      if (!this.#queue.some((w) => w.level === level && w.tile === tile && w.group?.key === group?.key)) r.stop.abort();
    }
    this.#movedAt = performance.now();
    this.#rest ??= setTimeout(() => this.#mayRest(), REST_MS);
  }

  #mayRest(): void {
    const left = this.#movedAt + REST_MS - performance.now();
    this.#rest = left > 0 ? setTimeout(() => this.#mayRest(), left) : null;
    if (this.#rest === null) this.#pump();
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
    this.#refused.clear();
    this.lastError = null;
    this.#pump();
  }

  clear(): void {
    this.#queue = [];
    this.#needed = 0;
    if (this.#rest !== null) clearTimeout(this.#rest);
    this.#rest = null;
    this.forget();
  }

  /** The trace is another one: no tile is of it. What is wanted stays wanted. */
  forget(): void {
    this.#epoch++;
    this.#indexedToNanos = 0;
    this.#running.clear();
    this.#held = false;
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

  /** What is missing of a tile that is not under way. */
  #lack(key: string): Lack {
    if (this.#running.has(key) || this.#refused.has(key)) return 'nothing';
    const e = this.#tiles.peek(key);
    if (!e) return 'all';
    if ('exact' in e.block && !e.block.exact) return 'exactness';
    return !e.block.complete && this.#couldHoldMore(e, this.#askedAt.get(key) ?? 0) ? 'all' : 'nothing';
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
    const lack = (w: WantedTile): Lack => this.#lack(keyOf(w.level, w.tile, w.group));
    const turns = nextTurns(this.#queue, this.#needed, [...this.#running.values()], lack, this.#rest !== null);
    this.#held = turns.held;
    for (const t of turns.start) this.#ask(t.wanted, t.lack);
    this.#updateBusy();
  }

  #ask(w: WantedTile, lack: Lack): void {
    const epoch = this.#epoch;
    const key = keyOf(w.level, w.tile, w.group);
    const running: Running = { wanted: w, lack, stop: new AbortController() };
    this.#running.set(key, running);
    const began = performance.now();
    this.#askedAt.set(key, this.#indexedToNanos);
    const answer = this.#answer(w, key, running.stop.signal);
    const settle = (keep: () => void): void => {
      // For tests/bench, which listens; nothing of it is kept.
      const name = running.stop.signal.aborted ? 'tile given up' : lack === 'exactness' ? 'tile exactly' : 'tile';
      // The first answer of what waits for a pass is as late as that.
      if (!w.group?.waits) performance.measure(name, { start: began });
      performance.clearMeasures(name);
      if (epoch !== this.#epoch) return;
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
          if (running.stop.signal.aborted) return;
          this.#refused.add(key);
          this.lastError = traceErrorFrom(e);
        }),
    );
  }

  #answer(w: WantedTile, key: string, signal: AbortSignal): Promise<Entry> {
    const { level, tile, group } = w;
    if (group === null) return this.#source.readCounters({ level, tile }, signal).then(curvesOf);
    if (group === LATENCY_GROUP) return this.#source.readLatency({ level, tile }).then(latencyOf);
    return this.#source.readTile(this.#question(w, group, key), signal).then(prepareTile);
  }

  /** A tile is asked for quickly while nothing of it is there. */
  #question(w: WantedTile, { tracks }: TrackGroup, key: string): Parameters<TileSource['readTile']>[0] {
    const input = { level: w.level, tile: w.tile, tracks };
    return this.#tiles.peek(key) ? input : { ...input, quick: true };
  }

  #updateBusy(): void {
    if (this.#running.size > 0 || this.#held) this.#busy ??= trackBusy('tiles');
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
