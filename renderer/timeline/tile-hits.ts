// Which of what is drawn is a hit of a search, or of what is highlighted: of each tile its wide spans, which the page knows
// whole, and of its merged ones the buckets that hold a hit, which the engine tells. What is not known (yet) is drawn as it
// is: only what is no hit for certain becomes paler.

import { shallowRef, type ShallowRef } from 'vue';
import { SPAN_STATES, stateIx, TILE_BUCKETS } from '../../contract/blocks/tile';
import { ROW_KINDS, type RowHead } from '../../contract/rows';
import { MAX_ROWS_MATCHED, type SearchedRow } from '../../contract/search';
import {
  isRowTrack,
  kindIxOfRowTrack,
  laneOfRowTrack,
  laneOfTrack,
  procOfTrack,
  type TrackId,
} from '../../contract/units';
import { trackPromise } from '../base/idle';
import type { PreparedTile } from '../trace/prepare-tile';
import type { TraceClient } from '../trace/trace-client';
import { functionOfLabel, type Emphasis } from './paint';

/** What is looked for, and on which rows. */
export interface Sought {
  readonly query: string;
  readonly on: 'processors' | 'goroutines';
  /** Wide spans as well; of what is highlighted they are known without asking. */
  readonly spans: boolean;
}

/** 1: a hit, 0: none. */
export interface TileFlags {
  /** By span of the tile; null: not known. */
  readonly spans: Uint8Array | null;
  /** [n × 1024], as the cells of the tile; null: not known. */
  readonly cells: Uint8Array | null;
}

/** What the drawing asks. */
export interface Marking {
  covers(track: TrackId): boolean;
  of(tile: PreparedTile): TileFlags | null;
}

const GOROUTINES = ROW_KINDS.indexOf('goroutines');
const UNKNOWN: TileFlags = { spans: null, cells: null };

export function covers(on: Sought['on'], track: TrackId): boolean {
  if (on === 'processors') return !isRowTrack(track);
  return isRowTrack(track) && kindIxOfRowTrack(track) === GOROUTINES && laneOfRowTrack(track) === 0;
}

/** What is highlighted, as a query. */
export const queryOf = (e: Emphasis): string =>
  e.kind === 'goroutine' ? `goroutine=${e.id}` : `fn="${e.name.replace(/["\\]/g, '\\$&')}"`;

const functions = new WeakMap<PreparedTile, ReadonlyMap<number, string>>();
/** Start functions of the goroutines that the tile names: what happens inside of a run does not say whose it is. */
function functionsIn(tile: PreparedTile): ReadonlyMap<number, string> {
  let known = functions.get(tile);
  if (!known) {
    const b = tile.block;
    const found = new Map<number, string>();
    b.spanGoroutine.forEach((g, i) => {
      const name = g >= 0 ? functionOfLabel(b.labels[b.spanLabel[i]!] ?? '') : '';
      if (name) found.set(g, name);
    });
    functions.set(tile, (known = found));
  }
  return known;
}

/** The start function of the goroutine of a span; empty: nobody's, or the tile does not name it. */
export function functionOfSpan(tile: PreparedTile, i: number): string {
  const b = tile.block;
  return functionOfLabel(b.labels[b.spanLabel[i]!] ?? '') || (functionsIn(tile).get(b.spanGoroutine[i]!) ?? '');
}

const RUNNABLE = stateIx('runnable');
const WAITING = stateIx('waiting');
const SYSCALLS: readonly number[] = [stateIx('syscall'), stateIx('syscall-blocked')];

/** A wide span as the search language sees it: as the engine has it where it looks itself. */
export function searched(tile: PreparedTile, i: number, head: RowHead | null): SearchedRow {
  const b = tile.block;
  const [track, g, state] = [b.tracks[b.spanTrack[i]!]!, b.spanGoroutine[i]!, b.spanState[i]!];
  const label = b.labels[b.spanLabel[i]!] ?? '';
  const times = { dur: b.spanEnd[i]! - b.spanStart[i]!, t: b.spanStart[i]! };
  const whose = g < 0 ? {} : { g, goroutine: g };
  if (isRowTrack(track)) {
    const fn = head?.name ?? '';
    const reason = state === WAITING ? label : '';
    const parent = head?.parentId == null ? {} : { parent: head.parentId };
    const is = SYSCALLS.includes(state)
      ? 'syscall'
      : state === RUNNABLE || state === WAITING
        ? SPAN_STATES[state]!
        : 'running';
    return {
      names: [fn || reason],
      numbers: { ...times, ...whose, ...parent },
      texts: { ...(fn && { fn }), ...(state === WAITING && { reason }) },
      state: is,
    };
  }
  const proc = procOfTrack(track);
  const isRun = proc !== null && laneOfTrack(track) === 0;
  const fn = g < 0 ? '' : functionOfSpan(tile, i);
  return {
    names: [isRun ? fn : label],
    numbers: { ...times, ...whose, ...(proc !== null && { p: proc }) },
    texts: fn ? { fn } : {},
    ...(SYSCALLS.includes(state) ? { state: 'syscall' } : isRun ? { state: 'running' } : {}),
  };
}

export interface TileHitsInput {
  readonly client: Pick<TraceClient, 'ask'>;
  readonly headOfTrack: (track: TrackId) => RowHead | null;
  /** Something became known. */
  readonly onChange: () => void;
}

/** Asks for one tile after another, the one that was wanted last first; kept as long as the tiles and the search are. */
export class TileHits implements Marking {
  /** The last frame had merged spans of which is not known whether they hold a hit. */
  readonly unknown: ShallowRef<boolean> = shallowRef(false);
  readonly #input: TileHitsInput;
  #sought: Sought | null = null;
  #known = new WeakMap<PreparedTile, TileFlags>();
  /** Those with merged spans of which the engine could not tell. */
  #untold = new WeakSet<PreparedTile>();
  #wanted: PreparedTile[] = [];
  #stop = new AbortController();
  #running = false;
  #missed = false;

  constructor(input: TileHitsInput) {
    this.#input = input;
  }

  get sought(): Sought | null {
    return this.#sought;
  }

  /** Looks for something else; null: for nothing. */
  seek(sought: Sought | null): void {
    const before = this.#sought;
    if (before?.query === sought?.query && before?.on === sought?.on && before?.spans === sought?.spans) return;
    this.#sought = sought;
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#known = new WeakMap();
    this.#untold = new WeakSet();
    this.#wanted = [];
    this.#running = false;
  }

  covers(track: TrackId): boolean {
    return this.#sought !== null && covers(this.#sought.on, track);
  }

  of(tile: PreparedTile): TileFlags | null {
    const known = this.#known.get(tile);
    if (!known) this.#wanted.push(tile);
    else if (this.#untold.has(tile)) this.#missed = true;
    return known ?? null;
  }

  /** Before a frame asks: what the one before wanted and did not get is out of view. */
  beginFrame(): void {
    this.#wanted = [];
    this.#missed = false;
  }

  endFrame(): void {
    this.unknown.value = this.#missed;
    if (!this.#running && this.#wanted.length > 0) void trackPromise('hits', this.#run(this.#stop.signal));
  }

  async #run(signal: AbortSignal): Promise<void> {
    this.#running = true;
    for (let tile = this.#wanted.pop(); tile && !signal.aborted; tile = this.#wanted.pop()) {
      if (this.#known.has(tile)) continue;
      // What cannot be told is not known: the picture stays as it is.
      const flags = await this.#flagsOf(tile, this.#sought!, signal).catch(() => UNKNOWN);
      if (signal.aborted) return;
      this.#known.set(tile, flags);
      if (!flags.cells && tile.restCounts.some((n) => n > 0)) this.#untold.add(tile);
      this.#input.onChange();
    }
    if (!signal.aborted) this.#running = false;
  }

  async #flagsOf(tile: PreparedTile, { query, on, spans }: Sought, signal: AbortSignal): Promise<TileFlags> {
    const { ask } = this.#input.client;
    const { level, tile: number, tracks } = tile.block;
    const [found, { cells }] = await Promise.all([
      spans ? this.#wideIn(tile, query, on, signal) : null,
      ask.readHitCells({ query, level, tile: number, tracks: [...tracks] }, { signal }),
    ]);
    if (!cells) return { spans: found, cells: null };
    const flags = new Uint8Array(tracks.length * TILE_BUCKETS);
    cells.forEach((buckets, track) => {
      for (const b of buckets) flags[track * TILE_BUCKETS + b] = 1;
    });
    return { spans: found, cells: flags };
  }

  async #wideIn(tile: PreparedTile, query: string, on: Sought['on'], signal: AbortSignal): Promise<Uint8Array | null> {
    const { spanTrack, tracks } = tile.block;
    const mine: number[] = [];
    for (let i = 0; i < spanTrack.length; i++) if (covers(on, tracks[spanTrack[i]!]!)) mine.push(i);
    if (mine.length > MAX_ROWS_MATCHED) return null;
    const head = new Map([...tracks].map((t) => [t, on === 'goroutines' ? this.#input.headOfTrack(t) : null]));
    const rows = mine.map((i) => searched(tile, i, head.get(tracks[spanTrack[i]!]!) ?? null));
    const flags = new Uint8Array(spanTrack.length);
    if (rows.length === 0) return flags;
    for (const at of await this.#input.client.ask.matchRows({ query, rows }, { signal })) flags[mine[at]!] = 1;
    return flags;
  }
}
