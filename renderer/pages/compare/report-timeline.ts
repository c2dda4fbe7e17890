// The timeline of a side as a picture of the report: processors in use on top, a row for each processor below, the
// collector behind both. Pure; the blocks are those that View trace draws from.
//
//   6 P ▂▂▅▅▅▇▇▅▁▁    a column is a bucket of the block: at most 1024, at least 512 over the window
//    P0 ██░░██▓▓██
//    P1 ░░██████░░
//       0     1.2 ms

import type { TimeRange } from '../../../contract/answers';
import { COUNTER_SERIES, type CounterBlock } from '../../../contract/blocks/counters';
import { MAX_TILE_TRACKS, SPAN_STATES, TILE_BUCKETS, stateIx, type TileBlock } from '../../../contract/blocks/tile';
import { TRACK_GC, TRACK_STW, trackOfProc, type Nanos, type Px, type TrackId } from '../../../contract/units';
import { formatCount, formatDurationText } from '../../base/format';
import type { Palette } from '../../base/palette';

/** As the page has them at that moment: a file does not follow the theme of who reads it. */
export type TimelineColours = Pick<Palette, 'states' | 'gcBand' | 'surface2' | 'running'>;

export interface SideTimelineData {
  readonly window: TimeRange;
  /** Of the rows; a machine may have more than are drawn. */
  readonly procs: readonly number[];
  readonly procCount: number;
  /** Of one level, by time; they cover the window. */
  readonly counters: readonly CounterBlock[];
  readonly tiles: readonly TileBlock[];
}

/** What is read of a side: blocks of this level, of these tracks. */
export interface WantedBlocks {
  readonly level: number;
  readonly tiles: readonly number[];
  readonly procs: readonly number[];
  readonly tracks: readonly TrackId[];
}

const LEFT: Px = 46;
const STRIP: Px = 44;
const ROW: Px = 11;
const GAP: Px = 3;
/** Opacities of what fills a part of its column only. */
const SHADES = 4;

export function wantedBlocks({ fromNanos, toNanos }: TimeRange, procs: readonly number[]): WantedBlocks {
  const level = Math.max(0, Math.ceil(Math.log2(Math.max(1, toNanos - fromNanos) / TILE_BUCKETS)));
  const length = TILE_BUCKETS * 2 ** level;
  const first = Math.floor(fromNanos / length);
  const last = Math.max(first, Math.ceil(toNanos / length) - 1);
  const shown = procs.slice(0, MAX_TILE_TRACKS - 2);
  return {
    level,
    tiles: Array.from({ length: last - first + 1 }, (_, i) => first + i),
    procs: shown,
    tracks: [TRACK_GC, TRACK_STW, ...shown.map((p) => trackOfProc(p, 0))],
  };
}

/** Buckets of blocks that touch the window, with where they begin and end in it, 0..1 of `scaleNanos`. */
function* bucketsOf(
  blocks: readonly { readonly level: number; readonly tile: number }[],
  { fromNanos, toNanos }: TimeRange,
): Generator<readonly [block: number, bucket: number, fromNanos: Nanos, toNanos: Nanos]> {
  for (const [i, { level, tile }] of blocks.entries())
    for (let b = 0; b < TILE_BUCKETS; b++) {
      const at = (tile * TILE_BUCKETS + b) * 2 ** level;
      const [from, to] = [Math.max(fromNanos, at), Math.min(toNanos, at + 2 ** level)];
      if (from < to) yield [i, b, from - fromNanos, to - fromNanos];
    }
}

const rect = (x: Px, y: Px, w: Px, h: Px, fill: string, opacity = 1): string =>
  `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${Math.max(0.6, w).toFixed(1)}" height="${h.toFixed(1)}" fill="${fill}"${opacity < 1 ? ` fill-opacity="${opacity.toFixed(2)}"` : ''}/>`;

/** One track as rectangles: neighbours that look the same are one. */
function trackRects(
  o: SideTimelineData,
  trackIx: number,
  y: Px,
  x: (n: Nanos) => Px,
  states: readonly string[],
): string {
  const out: string[] = [];
  let run: { state: number; shade: number; from: Nanos; to: Nanos } | null = null;
  const flush = (): void => {
    if (run) out.push(rect(x(run.from), y, x(run.to) - x(run.from), ROW - 1, states[run.state]!, run.shade / SHADES));
    run = null;
  };
  for (const [i, b, from, to] of bucketsOf(o.tiles, o.window)) {
    const [at, block] = [trackIx * TILE_BUCKETS + b, o.tiles[i]!];
    const shade = Math.ceil((block.shares[at]! / 255) * SHADES);
    const state = block.states[at]!;
    if (run && run.state === state && run.shade === shade && run.to === from) run.to = to;
    else {
      flush();
      if (shade > 0 && state > 0) run = { state, shade, from, to };
    }
  }
  flush();
  const { fromNanos, toNanos } = o.window;
  for (const block of o.tiles)
    for (let i = 0; i < block.spanTrack.length; i++) {
      const [from, to] = [Math.max(fromNanos, block.spanStart[i]!), Math.min(toNanos, block.spanEnd[i]!)];
      if (block.spanTrack[i] !== trackIx || from >= to) continue;
      out.push(
        rect(x(from - fromNanos), y, x(to - fromNanos) - x(from - fromNanos), ROW - 1, states[block.spanState[i]!]!),
      );
    }
  return out.join('');
}

/** Processors in use, as steps; nothing where it is not known. */
function useSteps(o: SideTimelineData, x: (n: Nanos) => Px, fill: string): string {
  const series = COUNTER_SERIES.indexOf('running') * TILE_BUCKETS;
  const steps: string[] = [];
  for (const [i, b, from, to] of bucketsOf(o.counters, o.window)) {
    const share = o.counters[i]!.means[series + b]! / Math.max(1, o.procCount);
    if (share > 0)
      steps.push(
        `M${x(from).toFixed(1)} ${STRIP}V${(STRIP * (1 - Math.min(1, share))).toFixed(1)}H${x(to).toFixed(1)}V${STRIP}Z`,
      );
  }
  return `<path d="${steps.join('')}" fill="${fill}" fill-opacity="0.7"/>`;
}

/** Behind everything when the collector marks; ticks when the world is stopped, however shortly. */
function collector(o: SideTimelineData, x: (n: Nanos) => Px, height: Px, c: TimelineColours): string {
  const [marks, stops]: [string[], string[]] = [[], []];
  const [gc, stw] = [1 << stateIx('gc-mark'), 1 << stateIx('stw')];
  for (const [i, b, from, to] of bucketsOf(o.tiles, o.window)) {
    const { masks } = o.tiles[i]!;
    if (masks[b]! & gc) marks.push(rect(x(from), 0, x(to) - x(from), height, c.gcBand));
    if (masks[TILE_BUCKETS + b]! & stw) stops.push(rect(x(from), 0, 1, 5, c.states[stateIx('stw')]!));
  }
  return marks.join('') + stops.join('');
}

/** `scaleNanos`: what the whole width stands for, so that two sides are drawn to the same scale. */
export function timelineSvg(
  o: SideTimelineData,
  title: string,
  scaleNanos: Nanos,
  widthPx: Px,
  c: TimelineColours,
): string {
  const length = o.window.toNanos - o.window.fromNanos;
  const width = widthPx - LEFT - 10;
  const x = (nanos: Nanos): Px => LEFT + (nanos / Math.max(1, scaleNanos)) * width;
  const top = STRIP + GAP;
  const height = top + o.procs.length * ROW;
  const row = (p: number, i: number): string =>
    `<text class="soft" x="${LEFT - 6}" y="${top + i * ROW + 9}" text-anchor="end">P${p}</text>` +
    trackRects(o, 2 + i, top + i * ROW, x, c.states);
  const more = o.procCount - o.procs.length;
  const foot = [
    `<text class="soft" x="${LEFT}" y="${height + 14}">0</text>`,
    `<text class="soft" x="${x(length).toFixed(1)}" y="${height + 14}" text-anchor="end">${formatDurationText(length)}</text>`,
    more > 0
      ? `<text class="soft" x="${LEFT + 30}" y="${height + 14}">and ${formatCount(more)} more processors</text>`
      : '',
  ];
  return (
    `<svg role="img" aria-label="${title}" viewBox="0 0 ${widthPx} ${height + 20}">` +
    rect(LEFT, 0, x(length) - LEFT, height, c.surface2) +
    collector(o, x, height, c) +
    `<text class="soft" x="${LEFT - 6}" y="11" text-anchor="end">${formatCount(o.procCount)} P</text>` +
    useSteps(o, x, c.running) +
    o.procs.map(row).join('') +
    `${foot.join('')}</svg>`
  );
}

/** What the colours of rows stand for: those that are in the picture. */
export function statesIn(all: readonly SideTimelineData[]): readonly number[] {
  const found = new Set<number>();
  for (const { tiles, procs } of all)
    for (const t of tiles)
      for (let at = 2 * TILE_BUCKETS; at < (2 + procs.length) * TILE_BUCKETS; at++) found.add(t.states[at]!);
  found.delete(SPAN_STATES.indexOf('idle'));
  return [...found].sort((a, b) => a - b);
}
