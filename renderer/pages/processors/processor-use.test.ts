import { describe, expect, it } from 'vitest';
import { COUNTER_SERIES, type CounterBlock } from '../../../contract/blocks/counters';
import { TILE_BUCKETS, type TileBlock } from '../../../contract/blocks/tile';
import { trackOfProc } from '../../../contract/units';
import { latencyText } from '../../base/parallelism-text';
import { heatModel, parallelismModel, type ProcessorPicture } from './processor-charts';
import { busySteps, meanOf, seriesSteps, stepsOf, tilesOf } from './processor-use';

const RANGE = { fromNanos: 0, toNanos: 2048 };
const block = (tile: number, value: (bucket: number) => number): CounterBlock => {
  const means = new Float32Array(COUNTER_SERIES.length * TILE_BUCKETS).fill(Number.NaN);
  const at = COUNTER_SERIES.indexOf('running') * TILE_BUCKETS;
  for (let b = 0; b < TILE_BUCKETS; b++) means[at + b] = value(b);
  return { level: 1, tile, means, maxima: means, complete: true, indexedToNanos: 4096 };
};

describe('how busy the processors were', () => {
  it('steps hold the means of their buckets, and what lies outside of the range is left out', () => {
    expect(tilesOf(RANGE)).toEqual({ level: 1, tiles: [0] });
    const steps = stepsOf(RANGE);
    expect([steps.count, steps.stepNanos]).toEqual([256, 8]);
    const values = seriesSteps([block(0, (b) => (b < 512 ? 2 : 4))], 'running', RANGE);
    expect([values[0], values[127], values[128], values[255]]).toEqual([2, 2, 4, 4]);
    expect(meanOf(values)).toBe(3);
    const half = { fromNanos: 1024, toNanos: 2048 };
    expect(new Set(seriesSteps([block(0, (b) => (b < 512 ? 2 : 4))], 'running', half))).toEqual(new Set([4]));
    expect(meanOf(seriesSteps([block(0, () => Number.NaN)], 'running', RANGE))).toBeNull();
  });

  const shares = new Uint8Array(2 * TILE_BUCKETS).fill(0);
  shares.fill(255, 0, 512);
  const tile = { level: 1, tile: 0, tracks: Uint32Array.of(trackOfProc(3, 0), trackOfProc(3, 1)), shares } as TileBlock;
  const busy = busySteps([tile], trackOfProc(3, 0), RANGE);
  const running = seriesSteps([block(0, (b) => (b < 512 ? 1 : 0))], 'running', RANGE);
  const picture: ProcessorPicture = {
    range: RANGE,
    steps: stepsOf(RANGE),
    running,
    runnable: running.map(() => 2),
    busy: [
      { proc: 3, shares: busy },
      { proc: 4, shares: new Float64Array(256) },
    ],
    limit: 2,
  };

  it('F141: each processor is a row of the heat map, with the same figures as a table', () => {
    expect([busy[0], busy[255]]).toEqual([1, 0]);
    const model = heatModel(picture)!;
    expect(model.summary).toBe('2 processors; the busiest is P3 with 50.0\u202f%, the least busy P4 with 0\u202f%.');
    expect(model.twin.columns.map((c) => c.title)).toEqual(['Time', 'All', 'P3', 'P4']);
    expect(model.twin.columns.map((c) => c.value(0))).toEqual([0, 0.5, 1, 0]);
    expect(model.read(0).values[0]!.text).toContain('1 of 2 idle');
    expect(model.read(255).values[0]!.text).toContain('2 of 2 idle');
    expect(heatModel({ ...picture, busy: [] })).toBeNull();
  });

  it('F142: what ran stands beside what waited for a processor', () => {
    const ran = parallelismModel(picture, 'running')!;
    const waited = parallelismModel(picture, 'runnable')!;
    expect([ran, waited].map((m) => m.read(0).values[0]!.text)).toEqual(['1.0', '2.0']);
    expect(ran.summary).toBe('0.5 goroutines ran on average, of 2 that could.');
    expect(waited.summary).toBe('2.0 goroutines waited for a processor on average.');
    expect(ran.places).toEqual(waited.places);
    expect(parallelismModel({ ...picture, running: running.map(() => Number.NaN) }, 'running')).toBeNull();
  });

  it('F96: scheduler latency is told apart: what a processor could have taken, and what was inherent', () => {
    const said = (waitedIdleNanos: number): string =>
      latencyText({ starvedNanos: 1, waitedNanos: 4_000_000, waitedIdleNanos, idleNanos: 0 }).replaceAll(/\s/g, ' ');
    expect(said(1_000_000)).toMatch(
      /^Of 4\.\d+ ms scheduler latency 1\.\d+ ms \(25\.\d %\) passed while a processor was idle/,
    );
    expect(said(1_000_000)).toContain('75.0 %, was inherent');
    expect(said(0)).toContain('all was inherent');
    expect(latencyText({ starvedNanos: 0, waitedNanos: 0, waitedIdleNanos: 0, idleNanos: 9 })).toBe('');
  });
});
