import { describe, expect, it } from 'vitest';
import { COUNTER_SERIES } from '../../../contract/blocks/counters';
import { MAX_TILE_TRACKS, SPAN_STATES, TILE_BUCKETS, stateIx, type TileBlock } from '../../../contract/blocks/tile';
import type { Comparison } from '../../../contract/compare';
import { LOOKS } from './overlay-model';
import { reportHtml } from './report';
import { wantedBlocks, type SideTimelineData } from './report-timeline';

const facts = { fromNanos: 0, toNanos: 10, durationNanos: 10, eventCount: 1, goroutineCount: 1, completeTaskCount: 0 };
const side = (delayNanos: number) => ({ count: 1, delayNanos, stillCount: 0, stillNanos: 0, frames: [] });
const comparison: Comparison = {
  normalise: 'none',
  a: facts,
  b: facts,
  measures: [
    {
      id: 'duration',
      title: 'Duration',
      unit: 'ns',
      a: 2000,
      b: 1000,
      difference: -1000,
      ratio: 0.5,
      change: 'better',
    },
  ],
  sentences: ['Execution fell <script>alert(1)</script>.'],
  functions: [],
  profiles: {
    sync: [
      { functions: ['main.<T>', 'main.main'], a: side(100), b: side(300), differenceNanos: 200, ratio: 3, only: null },
    ],
  },
  tasks: [],
  regions: [],
};

describe('F167: a report', () => {
  const curve = (id: 'A' | 'B') => ({
    series: { id, name: id, ...LOOKS[id] },
    points: [[1000, 0.5] as const, [10_000, 1] as const],
  });
  /** Two processors: the first runs in the first half of the time, the second in one long span; stopped in the first bucket. */
  const timeline = (length: number, running: number): SideTimelineData => {
    const window = { fromNanos: 0, toNanos: length };
    const { level, tiles, procs, tracks } = wantedBlocks(window, [0, 3]);
    const block: TileBlock = {
      level,
      tile: tiles[0]!,
      tracks: Uint32Array.from(tracks),
      states: new Uint8Array(4 * TILE_BUCKETS),
      shares: new Uint8Array(4 * TILE_BUCKETS),
      counts: new Uint16Array(4 * TILE_BUCKETS),
      masks: new Uint16Array(4 * TILE_BUCKETS),
      spanTrack: Uint16Array.of(3),
      spanStart: Float64Array.of(-5),
      spanEnd: Float64Array.of(length + 5),
      spanState: Uint8Array.of(stateIx('gc-worker')),
      spanGoroutine: Float64Array.of(1),
      spanLabel: Uint32Array.of(0),
      spanFlags: Uint8Array.of(0),
      labels: ['G1'],
      exact: true,
      complete: true,
      indexedToNanos: length,
    };
    const half = length / 2 / 2 ** level;
    block.states.fill(stateIx('running'), 2 * TILE_BUCKETS, 2 * TILE_BUCKETS + half);
    block.states.fill(stateIx('gc-worker'), 3 * TILE_BUCKETS, 4 * TILE_BUCKETS);
    block.shares.fill(255, 2 * TILE_BUCKETS, 2 * TILE_BUCKETS + half);
    block.masks[TILE_BUCKETS] = 1 << stateIx('stw');
    const means = new Float32Array(COUNTER_SERIES.length * TILE_BUCKETS).fill(NaN);
    means.fill(running * 2, 0, TILE_BUCKETS);
    const counters = { level, tile: 0, means, maxima: means, complete: true, indexedToNanos: length };
    return { window, procs, procCount: 2, counters: [counters], tiles: [block] };
  };
  const html = reportHtml({
    comparison,
    sides: [
      { letter: 'A', name: 'old & grey.trace', window: '' },
      { letter: 'B', name: '"new".trace', window: '0 – 5 ms' },
    ],
    timelines: [timeline(1000, 1), timeline(2000, 0.5)],
    colours: { states: SPAN_STATES.map((s) => `state-${s}`), gcBand: 'band', surface2: 'ground', running: 'runs' },
    charts: [{ title: 'Utilization', curves: [curve('A'), curve('B')], log: true, text: (v) => String(v) }],
  });
  const page = new DOMParser().parseFromString(html, 'text/html');

  it('is one file that asks for nothing else and runs nothing', () => {
    expect(page.querySelectorAll('script, link, img, iframe, [src], [onclick]')).toHaveLength(0);
    expect(/url\(|@import|https?:\/\//.test(html)).toBe(false);
    expect(page.querySelector('meta[http-equiv]')?.getAttribute('content')).toContain("default-src 'none'");
  });

  it('has both timelines, to one scale, with what each processor did', () => {
    const [a, b] = [...page.querySelectorAll('svg[aria-label^="Timeline of"]')];
    const rects = (svg: Element, fill: string): number[][] =>
      [...svg.querySelectorAll(`rect[fill="${fill}"]`)].map((r) =>
        ['x', 'width'].map((k) => Number(r.getAttribute(k))),
      );
    const [[left = 0, whole = 0] = []] = rects(b!, 'ground');
    // A is half as long as B.
    expect(rects(a!, 'ground')).toEqual([[left, whole / 2]]);
    // One rectangle for neighbours that look the same; a span that leads beyond the window ends with it.
    expect(rects(b!, 'state-running')).toEqual([[left, whole / 2]]);
    expect(rects(b!, 'state-gc-worker')).toEqual([[left, whole]]);
    expect(rects(b!, 'state-stw')).toHaveLength(1);
    expect([...b!.querySelectorAll('text')].map((t) => t.textContent?.replaceAll('\u202f', ' '))).toEqual([
      '2 P',
      'P0',
      'P3',
      '0',
      '2.000 µs',
    ]);
    expect(b!.querySelector('path[fill="runs"]')?.getAttribute('d')).toContain('V22.0');
    expect(page.querySelector('.key')?.textContent?.trim()).toBe('running  gc-worker');
  });

  it('reads no more blocks than cover a window, and no more processors than one question has', () => {
    const many = Array.from({ length: 200 }, (_, i) => i);
    const wanted = wantedBlocks({ fromNanos: 1_000_000, toNanos: 3_000_000 }, many);
    expect([wanted.level, wanted.tiles, wanted.procs.length]).toEqual([11, [0, 1], 30]);
    expect(wanted.tracks).toHaveLength(MAX_TILE_TRACKS);
    expect(wantedBlocks({ fromNanos: 0, toNanos: 1024 }, [0])).toMatchObject({ level: 0, tiles: [0] });
  });

  it('has the sentences, the summary, tables and pictures', () => {
    expect(page.querySelector('body > p')?.textContent).toContain('2.00 times as fast. Execution fell <script>');
    const cells = [...page.querySelectorAll('tbody tr')].map((r) =>
      [...r.children].map((c) => c.textContent?.replaceAll('\u202f', ' ')),
    );
    expect(cells[0]).toEqual(['Duration', '2.000 µs', '1.000 µs', '−1.000 µs', '× 0.50', '▼ better']);
    expect(cells[1]?.slice(0, 4)).toEqual(['main.<T> ← main.main', '100 ns', '300 ns', '+200 ns']);
    expect([...page.querySelectorAll('svg')].map((s) => s.getAttribute('aria-label'))).toEqual([
      'Timeline of A: old & grey.trace',
      'Timeline of B: "new".trace',
      'Utilization',
      'What changed: Synchronization',
    ]);
    expect(page.querySelectorAll('svg path[stroke-dasharray]')).toHaveLength(1);
    expect(page.querySelector('title')?.textContent).toBe('old & grey.trace and "new".trace');
  });
});
