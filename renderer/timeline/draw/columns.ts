// Cells of tiles → pixel columns of one row. A bucket is at most a pixel wide and each gives to exactly one column, the
// one of its middle, so that none is lost:
//
//   buckets   .  .  1  .  3  3  9  9  9  .  .
//   columns    0     1     2     3    4    5
//
// A stand-in tile is coarser: then its bucket fills several columns, a single span among them only as many as its share.

import { TILE_BUCKETS } from '../../../contract/blocks/tile';
import type { Px } from '../../../contract/units';
import type { TimeWindow } from '../../base/time-scale';
import type { PreparedTile } from '../../trace/prepare-tile';

export const HIT = 1;
export const MISS = 2;

/** One row's columns. Kept from frame to frame and filled anew for each row. */
export class Columns {
  widthPx: Px = 0;
  states = new Uint8Array(0);
  /** Mean busy share of the column, 0..1. */
  shares = new Float32Array(0);
  counts = new Uint32Array(0);
  masks = new Uint16Array(0);
  /** Whether a hit of a search is in it: 0 not known, HIT, or MISS. */
  found = new Uint8Array(0);
  #weights = new Uint8Array(0);
  #best = new Uint8Array(0);

  reset(widthPx: Px): void {
    const n = Math.max(1, Math.ceil(widthPx));
    if (n > this.states.length) {
      this.states = new Uint8Array(n);
      this.shares = new Float32Array(n);
      this.counts = new Uint32Array(n);
      this.masks = new Uint16Array(n);
      this.found = new Uint8Array(n);
      this.#weights = new Uint8Array(n);
      this.#best = new Uint8Array(n);
    }
    this.widthPx = n;
    this.states.fill(0, 0, n);
    this.shares.fill(0, 0, n);
    this.counts.fill(0, 0, n);
    this.masks.fill(0, 0, n);
    this.found.fill(0, 0, n);
    this.#weights.fill(0, 0, n);
    this.#best.fill(0, 0, n);
  }

  /**
   * Adds one track of a tile. `trackIx` is the track's place in the tile, `hits` says of each of its cells whether it holds
   * a hit of a search. Cost: O(columns and buckets in view).
   */
  add(t: PreparedTile, trackIx: number, w: TimeWindow, widthPx: Px, hits: Uint8Array | null = null): void {
    const nanosPerPx = (w.toNanos - w.fromNanos) / widthPx;
    const offset = trackIx * TILE_BUCKETS;
    const toPx = (nanos: number): number => (nanos - w.fromNanos) / nanosPerPx;
    if (t.bucketNanos <= nanosPerPx * 1.000001) {
      const first = Math.max(0, Math.floor((w.fromNanos - t.startNanos) / t.bucketNanos));
      const end = Math.min(TILE_BUCKETS, Math.ceil((w.toNanos - t.startNanos) / t.bucketNanos));
      for (let b = first; b < end; b++) {
        const column = Math.floor(toPx(t.startNanos + (b + 0.5) * t.bucketNanos));
        // N.B. the middle of a bucket at the window's edge may lie outside: what it holds is seen all the same.
        this.#put(Math.max(0, Math.min(this.widthPx - 1, column)), t, offset + b, hits);
      }
    } else this.#addCoarse(t, offset, w, toPx, hits);
  }

  #put(column: number, t: PreparedTile, at: number, hits: Uint8Array | null): void {
    const share = t.restShares[at]!;
    const count = t.restCounts[at]!;
    const weight = ++this.#weights[column]!;
    // Running mean: a column has one or two buckets.
    this.shares[column] = this.shares[column]! + (share / 255 - this.shares[column]!) / weight;
    if (share === 0 && count === 0) return;
    this.counts[column] = this.counts[column]! + count;
    this.masks[column] = this.masks[column]! | t.restMasks[at]!;
    this.#find(column, at, hits);
    if (this.states[column] === 0 || share > this.#best[column]!) {
      this.states[column] = t.restStates[at]!;
      this.#best[column] = share;
    }
  }

  /** One hit among misses is one. */
  #find(column: number, at: number, hits: Uint8Array | null): void {
    if (hits && this.found[column] !== HIT) this.found[column] = hits[at] ? HIT : MISS;
  }

  #addCoarse(
    t: PreparedTile,
    offset: number,
    w: TimeWindow,
    toPx: (nanos: number) => number,
    hits: Uint8Array | null,
  ): void {
    const first = Math.max(0, Math.floor((w.fromNanos - t.startNanos) / t.bucketNanos));
    const end = Math.min(TILE_BUCKETS, Math.ceil((w.toNanos - t.startNanos) / t.bucketNanos));
    for (let b = first; b < end; b++) {
      const at = offset + b;
      const count = t.restCounts[at]!;
      const share = t.restShares[at]! / 255;
      if (count === 0 && share === 0) continue;
      const x0 = Math.round(toPx(t.startNanos + b * t.bucketNanos));
      const x1 = Math.round(toPx(t.startNanos + (b + 1) * t.bucketNanos));
      const lone = count <= 1;
      const stop = lone ? Math.max(x0 + 1, Math.round(x0 + (x1 - x0) * share)) : x1;
      for (let c = Math.max(0, x0); c < Math.min(this.widthPx, stop); c++) {
        this.states[c] = t.restStates[at]!;
        this.shares[c] = lone ? 1 : share;
        this.masks[c] = this.masks[c]! | t.restMasks[at]!;
        this.#find(c, at, hits);
        if (c === Math.max(0, x0) || !lone) this.counts[c] = this.counts[c]! + count;
      }
    }
  }
}

/** From this width on there is room for a span and the gap after it; narrower ones side by side are a crowd. */
const OWN_WIDTH_PX = 3;

/** A piece of a row between idle columns. */
export interface Segment {
  from: Px;
  end: Px;
  state: number;
  /** `span`: one span, as wide as it is. `merged`: several spans under a pixel each. */
  kind: 'span' | 'merged';
  count: number;
}

/**
 * Calls back for each piece of the columns [from, end), left to right. A column in which one span begins and that is
 * followed by columns where it goes on is a span of its own; narrow ones that touch each other are merged.
 * N.B. the segment is one object that is filled anew.
 */
export function eachSegment(c: Columns, from: Px, end: Px, visit: (s: Segment) => void): void {
  const s: Segment = { from: 0, end: 0, state: 0, kind: 'span', count: 0 };
  let x = from;
  while (x < end) {
    if (!isBusy(c, x)) {
      x++;
      continue;
    }
    const stop = spanEnd(c, x, end);
    if (c.counts[x]! <= 1 && (stop - x >= OWN_WIDTH_PX || !isBusy(c, stop, end))) {
      s.kind = 'span';
      s.from = x;
      s.end = stop;
      s.count = c.counts[x]!;
      s.state = strongestState(c, x, stop);
      visit(s);
      x = stop;
      continue;
    }
    // Crowded: on until an idle column, or one where a span with a width of its own begins.
    let e = x;
    let count = 0;
    while (e < end && isBusy(c, e)) {
      if (e > x && c.counts[e] === 1 && spanEnd(c, e, end) - e >= OWN_WIDTH_PX) break;
      count += c.counts[e]!;
      e++;
    }
    s.kind = count <= 1 ? 'span' : 'merged';
    s.from = x;
    s.end = e;
    s.count = count;
    s.state = strongestState(c, x, e);
    visit(s);
    x = e;
  }
}

const isBusy = (c: Columns, x: Px, end: Px = c.widthPx): boolean => x < end && (c.shares[x]! > 0 || c.counts[x]! > 0);

/** Where the span that begins (or goes on) in a column ends: before the next begin or idle column. */
function spanEnd(c: Columns, x: Px, end: Px): Px {
  let e = x + 1;
  while (e < end && c.counts[e] === 0 && c.shares[e]! > 0) e++;
  return e;
}

function strongestState(c: Columns, from: Px, end: Px): number {
  let best = from;
  for (let x = from + 1; x < end; x++) if (c.shares[x]! > c.shares[best]!) best = x;
  return c.states[best]!;
}
