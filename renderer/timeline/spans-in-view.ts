// What the picture shows, as rows of a table: spans of their own, and where they are too narrow what the cells tell.
// Read from the same tiles as the drawing, so that both say the same. Pure.

import { SPAN_STATES, TILE_BUCKETS, type SpanState } from '../../contract/blocks/tile';
import type { SpanDetails } from '../../contract/trace-api';
import type { Nanos, TrackId } from '../../contract/units';
import type { TimeWindow } from '../base/time-scale';
import type { TileInView } from './draw/draw-track';

export interface SpanInView {
  /** As it is named in the gutter. */
  readonly row: string;
  readonly track: TrackId;
  readonly startNanos: Nanos;
  readonly endNanos: Nanos;
  readonly state: SpanState;
  /** What the span says: its goroutine, its reason; for several at once empty. */
  readonly label: string;
  readonly goroutine: number | null;
  /** Spans that are told together, because each is under a pixel. */
  readonly count: number;
  /** Drawn from cells: its ends are those of the pixels that it touches, until `withTrueTimes` has asked the engine. */
  readonly underPixel: boolean;
}

export interface LineInView {
  readonly row: string;
  readonly track: TrackId;
  readonly tiles: readonly TileInView[];
}

/** Rows of the table at most: it is for reading, the export verb is for everything. */
export const MAX_TABLE_ROWS = 20_000;

function spansOf(line: LineInView, w: TimeWindow, out: SpanInView[]): void {
  line.tiles.forEach(({ tile, trackIx, exact }, ix) => {
    const b = tile.block;
    const shared = line.tiles[ix - 1]?.exact === true && exact;
    for (let i = tile.spanFrom[trackIx]!, end = tile.spanFrom[trackIx + 1]!; i < end; i++) {
      const [startNanos, endNanos] = [b.spanStart[i]!, b.spanEnd[i]!];
      if (endNanos <= w.fromNanos || startNanos >= w.toNanos || (shared && startNanos < tile.startNanos)) continue;
      const goroutine = b.spanGoroutine[i]!;
      out.push({
        row: line.row,
        track: line.track,
        startNanos,
        endNanos,
        state: SPAN_STATES[b.spanState[i]!] ?? 'other',
        label: b.labels[b.spanLabel[i]!] ?? '',
        goroutine: goroutine < 0 ? null : goroutine,
        count: 1,
        underPixel: false,
      });
    }
  });
}

/** Runs of buckets with narrow spans: one row each. */
function crowdsOf(line: LineInView, w: TimeWindow, out: SpanInView[]): void {
  for (const { tile, trackIx } of line.tiles) {
    const offset = trackIx * TILE_BUCKETS;
    const time = (b: number): Nanos => tile.startNanos + b * tile.bucketNanos;
    for (let b = 0; b < TILE_BUCKETS; b++) {
      if (tile.restCounts[offset + b] === 0) continue;
      const from = b;
      let count = 0;
      let state = tile.restStates[offset + b]!;
      while (b < TILE_BUCKETS && (tile.restCounts[offset + b]! > 0 || tile.restShares[offset + b]! > 0)) {
        count += tile.restCounts[offset + b]!;
        if (state === 0) state = tile.restStates[offset + b]!;
        b++;
      }
      if (time(b) <= w.fromNanos || time(from) >= w.toNanos || count === 0) continue;
      out.push({
        row: line.row,
        track: line.track,
        startNanos: time(from),
        endNanos: time(b),
        state: SPAN_STATES[state] ?? 'other',
        label: '',
        goroutine: null,
        count,
        underPixel: true,
      });
    }
  }
}

/** Lone narrow spans whose times are asked for at most: each may be a decoding. */
export const MAX_ASKED = 500;
/** Wide spans may begin among the buckets of a narrow one: so many are passed by. */
const MAX_PASSED = 4;

/** The first span of a track that begins after a time; null: there is none. */
export type NextSpan = (track: TrackId, fromNanos: Nanos) => Promise<SpanDetails | null>;

/** The same with the true ends and the name of each lone span that is narrower than a pixel. Cost: a question for each. */
export async function withTrueTimes(spans: readonly SpanInView[], next: NextSpan): Promise<readonly SpanInView[]> {
  let asked = 0;
  const wideOf = new Map<TrackId, SpanInView[]>();
  for (const s of spans) {
    if (s.underPixel) continue;
    const list = wideOf.get(s.track);
    if (list) list.push(s);
    else wideOf.set(s.track, [s]);
  }
  return Promise.all(
    spans.map(async (s) => {
      if (!s.underPixel || s.count !== 1 || ++asked > MAX_ASKED) return s;
      const wide = wideOf.get(s.track) ?? [];
      let from = s.startNanos - 1;
      for (let n = 0; n < MAX_PASSED; n++) {
        const found = await next(s.track, from);
        if (!found || found.startNanos >= s.endNanos) return s;
        if (wide.some((o) => o.startNanos === found.startNanos && o.endNanos === found.endNanos)) {
          from = found.startNanos;
          continue;
        }
        return {
          ...s,
          startNanos: found.startNanos,
          endNanos: found.endNanos,
          state: found.state,
          label: found.reason ?? found.title,
          goroutine: found.goroutineId,
          underPixel: false,
        };
      }
      return s;
    }),
  );
}

/** By row, then by start. Cost: O(spans and buckets in view). */
export function spansInView(lines: readonly LineInView[], w: TimeWindow): readonly SpanInView[] {
  const out: SpanInView[] = [];
  for (const line of lines) {
    const of: SpanInView[] = [];
    spansOf(line, w, of);
    crowdsOf(line, w, of);
    of.sort((a, b) => a.startNanos - b.startNanos || b.endNanos - a.endNanos);
    for (const s of of) {
      if (out.length >= MAX_TABLE_ROWS) return out;
      out.push(s);
    }
  }
  return out;
}
