import { expect, it } from 'vitest';
import type { RowHead } from '../../contract/rows';
import type { SearchedRow } from '../../contract/search';
import { prepareTile } from '../trace/prepare-tile';
import { fakePages } from '../trace/testing/fake-pages';
import { fakeTile } from '../trace/testing/fake-trace';
import { covers, queryOf, searched, TileHits } from './tile-hits';

const TRACK = 2;
const G12 = 0x8000_00c0;
const trace = {
  durationNanos: 2 ** 20,
  procs: [0],
  spans: [
    { track: TRACK, start: 10_000, end: 200_000, state: 'running' as const, label: 'G7 main.churn', goroutine: 7 },
    { track: TRACK + 1, start: 20_000, end: 90_000, state: 'syscall' as const, label: 'syscall', goroutine: 7 },
    { track: TRACK, start: 300_000, end: 300_010, state: 'running' as const, label: 'G8 main.other', goroutine: 8 },
  ],
};
const tile = prepareTile(fakeTile(trace, 10, 0, [TRACK, TRACK + 1]));
type Ask = ConstructorParameters<typeof TileHits>[0]['client']['ask'];

it('says of which rows it tells, and writes what is highlighted as a query', () => {
  expect([0, TRACK, TRACK + 1, G12].map((t) => covers('processors', t))).toEqual([true, true, true, false]);
  expect([TRACK, G12, G12 + 1, 0xa000_0000].map((t) => covers('goroutines', t))).toEqual([false, true, false, false]);
  expect(queryOf({ kind: 'goroutine', id: 7, name: '' })).toBe('goroutine=7');
  expect(queryOf({ kind: 'function', name: 'a"b\\c' })).toBe('fn="a\\"b\\\\c"');
});

it('shows wide spans to the search as the engine does', () => {
  expect(searched(tile, 0, null)).toEqual({
    names: ['main.churn'],
    numbers: { g: 7, goroutine: 7, p: 0, dur: 190_000, t: 10_000 },
    texts: { fn: 'main.churn' },
    state: 'running',
  });
  expect(searched(tile, 1, null)).toMatchObject({ names: ['syscall'], texts: { fn: 'main.churn' }, state: 'syscall' });
  const waits = { track: G12, start: 0, end: 900_000, state: 'waiting' as const, label: 'chan receive', goroutine: 12 };
  const rows = prepareTile(fakeTile({ ...trace, spans: [waits] }, 10, 0, [G12]));
  expect(searched(rows, 0, { name: 'main.f', parentId: 1 } as RowHead)).toEqual({
    names: ['main.f'],
    numbers: { g: 12, goroutine: 12, parent: 1, dur: 900_000, t: 0 },
    texts: { fn: 'main.f', reason: 'chan receive' },
    state: 'waiting',
  });
});

it('asks once for each tile, keeps what it was told, and says what is not known', async () => {
  const asked: SearchedRow[][] = [];
  let cells: number[][] | null = [[292], []];
  const pages = fakePages({
    matchRows: async ({ rows }) => {
      asked.push([...rows]);
      return [1];
    },
    readHitCells: async () => ({ cells }),
  });
  let changed = (): void => {};
  const hits = new TileHits({
    client: { ask: pages as unknown as Ask },
    headOfTrack: () => null,
    onChange: () => changed(),
  });
  const frame = () => {
    hits.beginFrame();
    const flags = hits.of(tile);
    hits.endFrame();
    return flags;
  };
  const answer = (): Promise<void> => new Promise((resolve) => (changed = resolve));
  hits.seek({ query: 'g:8', on: 'processors', spans: true });
  const first = answer();
  expect(frame()).toBeNull();
  await first;
  const told = frame()!;
  expect([...told.spans!]).toEqual([0, 1]);
  expect([...told.cells!].flatMap((n, i) => (n ? [i] : []))).toEqual([292]);
  expect(asked).toHaveLength(1);
  expect(hits.unknown.value).toBe(false);
  cells = null;
  hits.seek({ query: 'g:9', on: 'processors', spans: false });
  const second = answer();
  expect(frame()).toBeNull();
  await second;
  expect(frame()).toEqual({ spans: null, cells: null });
  expect(hits.unknown.value).toBe(true);
  expect(asked).toHaveLength(1);
  hits.seek(null);
  expect(hits.covers(TRACK)).toBe(false);
});
