import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { TILE_BUCKETS, type TileBlock } from '../../contract/blocks/tile';
import { COUNTER_SERIES } from '../../contract/blocks/counters';
import { trackOfProc } from '../../contract/units';
import type { IndexProgress, TraceInfo } from '../../contract/trace-api';

type Addon = typeof import('../../native-parse/dist/index.js');
const root = path.resolve(__dirname, '../..');
const addon = createRequire(__filename)(path.join(root, 'native-parse/dist/native-parse.node')) as Addon;
const trace = path.join(root, 'tests/fixtures/traces/go1.26-tasks.trace');

interface ExactSpan {
  readonly start: number;
  readonly end: number;
  readonly g: number;
}

/** Goroutines on processors, from the command line: row → spans in time order. */
function exactSpans(file: string): Map<number, ExactSpan[]> {
  const out = execFileSync(path.join(root, 'bin/tracewell'), ['slices', file, '--rows', 'procs', '--exact'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const { rows } = JSON.parse(out) as { rows: { row: number; lane: number; spans: ExactSpan[] }[] };
  return new Map(rows.filter((row) => row.lane === 0).map(({ row, spans }) => [row, spans]));
}

describe('the addon', () => {
  let engine: InstanceType<Addon['TraceEngine']>;
  let info: TraceInfo;
  const progress: IndexProgress[] = [];

  beforeAll(async () => {
    engine = new addon.TraceEngine(trace, 64);
    info = JSON.parse(await engine.index((json) => progress.push(JSON.parse(json) as IndexProgress))) as TraceInfo;
  });

  it('tells its versions', () => {
    expect(JSON.parse(addon.engineVersion())).toEqual({ engine: expect.any(String), indexFormat: expect.any(Number) });
  });

  it('indexes and answers with TraceInfo, the same when asked again', () => {
    expect(info).toMatchObject({
      fileName: 'go1.26-tasks.trace',
      goVersion: '1.26',
      format: 'v2',
      status: 'done',
      damage: null,
    });
    expect(info.indexedToNanos).toBe(info.durationNanos);
    expect(JSON.parse(engine.readInfo())).toEqual(info);
  });

  it('F16: reports progress that only grows', () => {
    for (const [i, step] of progress.entries()) {
      expect(step.totalBytes).toBe(info.sizeBytes);
      expect(step.doneBytes).toBeGreaterThanOrEqual(progress[i - 1]?.doneBytes ?? 0);
      expect(step.doneBytes).toBeLessThanOrEqual(step.totalBytes);
    }
  });

  it('F173: answers tiles of the shapes that the contract says, within a message', async () => {
    const tracks = Uint32Array.from(info.procs.flatMap((proc) => [trackOfProc(proc, 0), trackOfProc(proc, 1)]));
    const tile: TileBlock = await engine.readTile(1, 14, 0, tracks);
    const cells = tracks.length * TILE_BUCKETS;
    expect([...tile.tracks]).toEqual([...tracks]);
    expect([tile.states.length, tile.shares.length, tile.counts.length, tile.masks.length]).toEqual([
      cells,
      cells,
      cells,
      cells,
    ]);
    const spans = tile.spanStart.length;
    expect(
      [tile.spanTrack, tile.spanEnd, tile.spanState, tile.spanGoroutine, tile.spanLabel, tile.spanFlags].map(
        (a) => a.length,
      ),
    ).toEqual(Array.from({ length: 6 }, () => spans));
    expect(Math.max(...tile.spanLabel)).toBeLessThan(tile.labels.length);
    const bytes = Object.values(tile).reduce(
      (sum: number, value) => sum + (ArrayBuffer.isView(value) ? value.byteLength : 0),
      0,
    );
    expect(bytes).toBeLessThanOrEqual(256 * 1024);
  });

  it.each([[22], [17], [14], [10], [4]])(
    'folds goroutines on processors at level %d as brute force does',
    async (level) => {
      const width = 2 ** level;
      const exact = exactSpans(trace);
      const lastTile = Math.floor(info.durationNanos / (width * TILE_BUCKETS));
      for (const tileIx of new Set([0, lastTile >> 1, lastTile])) {
        const tile = await engine.readTile(
          1,
          level,
          tileIx,
          Uint32Array.from(info.procs, (proc) => trackOfProc(proc, 0)),
        );
        expect(tile.complete).toBe(true);
        const from = tileIx * width * TILE_BUCKETS;
        for (const [n, proc] of info.procs.entries()) {
          const want = foldSpans(exact.get(proc) ?? [], from, width);
          const slice = (array: ArrayLike<number>) => Array.from(array).slice(n * TILE_BUCKETS, (n + 1) * TILE_BUCKETS);
          expect(slice(tile.shares)).toEqual(want.shares);
          expect(slice(tile.counts)).toEqual(want.counts);
          expect(slice(tile.states).map((state) => state !== 0)).toEqual(want.shares.map((share) => share > 0));
          expect(slice(tile.masks).map((mask) => mask !== 0)).toEqual(want.shares.map((share) => share > 0));
        }
      }
    },
  );

  it('answers curves of the shape that the contract says', async () => {
    const block = await engine.readCounters(1, 17, 0);
    expect([block.means.length, block.maxima.length]).toEqual([
      COUNTER_SERIES.length * TILE_BUCKETS,
      COUNTER_SERIES.length * TILE_BUCKETS,
    ]);
  });

  it('finds each span that it drew, and its neighbours', async () => {
    const [proc] = info.procs;
    const track = trackOfProc(proc!, 0);
    const spans = exactSpans(trace).get(proc!)!;
    const middle = spans[spans.length >> 1]!;
    const picked: unknown = JSON.parse(await engine.pickSpan(track, (middle.start + middle.end) / 2, 0));
    expect(picked).toMatchObject({
      kind: 'span',
      track,
      startNanos: middle.start,
      endNanos: middle.end,
      goroutineId: middle.g,
    });
    const next: unknown = JSON.parse(await engine.readAdjacentSpan(track, middle.start, 1));
    expect(next).toMatchObject({ startNanos: spans[(spans.length >> 1) + 1]!.start });
    const previous: unknown = JSON.parse(await engine.readAdjacentSpan(track, middle.start, -1));
    expect(previous).toMatchObject({ startNanos: spans[(spans.length >> 1) - 1]!.start });
    expect(JSON.parse(await engine.readAdjacentSpan(track, spans.at(-1)!.start, 1))).toBeNull();
  });

  it.each([
    ['no-such-file.trace', 'NOT_FOUND'],
    ['.', 'IS_DIRECTORY'],
    ['../broken/broken-empty.trace', 'EMPTY'],
    ['../broken/broken-text.trace', 'NOT_A_TRACE'],
    ['../broken/broken-v1-cut-half.trace', 'TRUNCATED'],
    ['../broken/broken-v2-future-version.trace', 'TOO_NEW'],
    ['../broken/broken-v2-zeros-after-header.trace', 'DAMAGED'],
  ])('refuses %s with %s and a sentence', async (name, code) => {
    const bad = new addon.TraceEngine(path.resolve(path.dirname(trace), name));
    await expect(bad.index(() => undefined)).rejects.toThrow(new RegExp(`^${code}: .{20,}`));
  });

  it('answers a tile that was given up, or refuses it, and gives it to who asks again', async () => {
    const tracks = Uint32Array.of(trackOfProc(info.procs[0]!, 0));
    const asked = [1, 2, 3].map((id) => engine.readTile(id, 4, 0, tracks).then(() => 'there', String));
    engine.cancelTile(2);
    engine.cancelTile(99);
    const [first, second, third] = await Promise.all(asked);
    expect([first, third]).toEqual(['there', 'there']);
    expect(second).toMatch(/^there$|CANCELLED/);
    expect((await engine.readTile(2, 4, 0, tracks)).complete).toBe(true);
  });

  it('answers questions outside the trace with an error or with nothing, never with a crash', async () => {
    const track = Uint32Array.of(trackOfProc(info.procs[0]!, 0));
    const questions: (() => Promise<unknown>)[] = [
      () => engine.readTile(1, 200, 0, track),
      () => engine.readTile(1, 10, 2 ** 31, track),
      () => engine.readTile(1, 10, -1, track),
      () => engine.readTile(1, 10, 0, Uint32Array.of(4_000_000_000)),
      () => engine.readCounters(1, -5, 0),
      () => engine.readCountersAt(Number.NaN),
      () => engine.pickSpan(4_000_000_000, 0, 0),
      () => engine.readAdjacentSpan(track[0]!, -1e300, 7),
    ];
    for (const ask of questions) {
      const words = await Promise.resolve()
        .then(ask)
        .then(
          () => 'answered',
          (e: unknown) => (e as Error).message,
        );
      expect(words).toMatch(/^(answered|RANGE: .{10,})$/);
    }
  });
});

/** Share that is not idle (rounded up, 255 is all) and spans that start, for each bucket of a tile. */
function foldSpans(spans: readonly ExactSpan[], from: number, width: number): { shares: number[]; counts: number[] } {
  const busy = new Array<number>(TILE_BUCKETS).fill(0);
  const counts = new Array<number>(TILE_BUCKETS).fill(0);
  for (const { start, end } of spans) {
    const first = Math.floor((start - from) / width);
    const last = Math.floor((end - 1 - from) / width);
    if (first >= 0 && first < TILE_BUCKETS) counts[first]! += 1;
    for (let b = Math.max(first, 0); b <= Math.min(last, TILE_BUCKETS - 1); b++) {
      busy[b]! += Math.min(end, from + (b + 1) * width) - Math.max(start, from + b * width);
    }
  }
  return { shares: busy.map((nanos) => Math.ceil((nanos * 255) / width)), counts };
}
