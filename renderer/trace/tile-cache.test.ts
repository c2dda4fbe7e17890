import { expect, it } from 'vitest';
import { idle } from '../base/idle';
import { fakeCounters, fakeTile, type FakeTraceOptions } from './testing/fake-trace';
import { LATENCY_GROUP, TileCache, type TileSource, type WantedTile } from './tile-cache';

const trace: FakeTraceOptions = {
  durationNanos: 1e6,
  procs: [0],
  spans: [{ track: 2, start: 10, end: 900_000, state: 'running' }],
};
const group = { key: 'p0', tracks: [2, 3] };
const tileAt = (level: number, tile: number): WantedTile => ({ level, tile, group });

/** A source that notes what it is asked, and answers when `release` is called. */
function source(log: string[], over: Partial<TileSource> = {}) {
  const waiting: (() => void)[] = [];
  const gate = (): Promise<void> => new Promise((ok) => waiting.push(ok));
  const s: TileSource = {
    readTile: async ({ level, tile, tracks }) => {
      log.push(`${level}/${tile}`);
      await gate();
      return fakeTile(trace, level, tile, tracks);
    },
    readCounters: async ({ level, tile }) => {
      log.push(`c${level}/${tile}`);
      await gate();
      return fakeCounters(trace, level, tile);
    },
    readLatency: async ({ level, tile }) => {
      log.push(`l${level}/${tile}`);
      await gate();
      return { level, tile, means: [null, 2000], maxima: [null, 5000], complete: true };
    },
    ...over,
  };
  return { s, release: () => waiting.splice(0).forEach((f) => f()) };
}
const turn = (): Promise<void> => new Promise((ok) => setTimeout(ok, 0));

it('asks once per key, a few at a time, and only for what is still wanted', async () => {
  const log: string[] = [];
  const { s, release } = source(log);
  const c = new TileCache(s);
  c.want([0, 1, 2, 3, 4, 5].map((t) => tileAt(5, t)));
  c.want([tileAt(5, 0), tileAt(5, 9), { level: 5, tile: 9, group: null }]);
  expect(log).toEqual(['5/0', '5/1', '5/2', '5/3']);
  release();
  await turn();
  expect(log.slice(4)).toEqual(['5/9', 'c5/9']);
  release();
  await idle();
  expect(c.tile(5, 9, group)?.block.tile).toBe(9);
  expect(c.curves(5, 9)?.startNanos).toBe(9 * 1024 * 32);
  c.want([tileAt(5, 9)]);
  expect(log).toHaveLength(6);
});

it('draws from the nearest coarser tile meanwhile', async () => {
  const { s, release } = source([]);
  const c = new TileCache(s);
  c.want([tileAt(10, 0), tileAt(8, 1)]);
  release();
  await idle();
  expect(c.standIn(7, 3, group)?.block.level).toBe(8);
  expect(c.standIn(7, 4, group)?.block.level).toBe(10);
  expect(c.standIn(10, 0, group)).toBeUndefined();
});

it('asks again for a tile that was cut short, when the reading went on', async () => {
  const log: string[] = [];
  let indexed = 1000;
  const c = new TileCache({
    ...source(log).s,
    readTile: async ({ level, tile, tracks }) => {
      log.push(`${level}/${tile}`);
      return { ...fakeTile(trace, level, tile, tracks), complete: indexed >= 1e6, indexedToNanos: indexed };
    },
  });
  const wanted = [tileAt(10, 0)];
  c.want(wanted);
  await idle();
  expect([log.length, c.holdsAll(wanted)]).toEqual([1, false]);
  c.progressed(1100);
  await idle();
  expect(log).toHaveLength(1);
  indexed = 200_000;
  c.progressed(indexed);
  await idle();
  expect(log).toHaveLength(2);
  indexed = 1e6;
  c.progressed(indexed);
  await idle();
  expect([log.length, c.holdsAll(wanted)]).toEqual([3, true]);
});

it('does not ask without end for a tile that stays incomplete', async () => {
  let asked = 0;
  const c = new TileCache({
    ...source([]).s,
    readTile: async ({ level, tile, tracks }) => {
      asked++;
      return { ...fakeTile(trace, level, tile, tracks), complete: false, indexedToNanos: 0 };
    },
  });
  c.onChange(() => c.want([tileAt(10, 0)]));
  c.want([tileAt(10, 0)]);
  c.progressed(2e6);
  await idle();
  expect(asked).toBeLessThanOrEqual(2);
});

it('does not ask again for what was refused before something changed', async () => {
  const log: string[] = [];
  const c = new TileCache({
    ...source(log).s,
    readTile: async () => {
      log.push('asked');
      throw new Error('RANGE: outside the trace');
    },
  });
  c.want([tileAt(3, 3)]);
  await idle();
  c.want([tileAt(3, 3)]);
  await idle();
  expect([log.length, c.lastError?.code]).toEqual([1, 'RANGE']);
  c.progressed(5);
  await idle();
  expect(log).toHaveLength(2);
});

it('drops answers of a process that was replaced and asks the new one', async () => {
  const log: string[] = [];
  const { s, release } = source(log);
  const c = new TileCache(s);
  c.want([tileAt(4, 0)]);
  c.reconnected();
  expect(log).toEqual(['4/0', '4/0']);
  release();
  await idle();
  expect(c.tile(4, 0, group)).toBeDefined();
});

it('gives up what has gone out of view, keeps what stays, and refuses nothing for it', async () => {
  const log: string[] = [];
  const c = new TileCache({
    ...source(log).s,
    readTile: ({ level, tile, tracks }, signal) =>
      new Promise((ok, no) => {
        log.push(`${level}/${tile}`);
        signal.addEventListener('abort', () => {
          log.push(`end ${tile}`);
          no(new Error('CANCELLED: Stopped'));
        });
        if (tile === 1 || log.length > 5) ok(fakeTile(trace, level, tile, tracks));
      }),
  });
  c.want([tileAt(5, 0), tileAt(5, 2), tileAt(5, 3)]);
  c.want([tileAt(5, 2)]);
  c.want([tileAt(5, 2), tileAt(5, 1)]);
  expect(log).toEqual(['5/0', '5/2', '5/3', 'end 0', 'end 3', '5/1']);
  await turn();
  c.want([tileAt(5, 3)]);
  await idle();
  expect(log.slice(6)).toEqual(['end 2', '5/3']);
  expect([c.tile(5, 1, group), c.tile(5, 3, group)].map((t) => t !== undefined)).toEqual([true, true]);
  expect(c.lastError).toBeNull();
});

it.each([
  ['a processor', 2],
  ['a goroutine', 0x8000_0010],
])('asks for what came rough of %s exactly when the view rests', async (_, row) => {
  const log: string[] = [];
  const c = new TileCache({
    ...source(log).s,
    readTile: async ({ level, tile, tracks, quick }) => {
      log.push(`${tile}${quick ? ' quick' : ''}`);
      return { ...fakeTile(trace, level, tile, tracks), exact: !quick };
    },
  });
  const wanted = [0, 1].map((tile) => ({ level: 5, tile, group: { key: 'r', tracks: [row] } }));
  c.want(wanted);
  await turn();
  expect(log).toEqual(['0 quick', '1 quick']);
  expect(c.holdsAll(wanted)).toBe(false);
  await idle();
  expect(log.slice(2)).toEqual(['0', '1']);
  expect(c.holdsAll(wanted)).toBe(true);
});

it('asks for scheduler latency one tile at a time, and keeps what is not known apart', async () => {
  const log: string[] = [];
  const { s, release } = source(log);
  const c = new TileCache(s);
  const at = (tile: number) => ({ level: 5, tile, group: LATENCY_GROUP });
  c.want([at(0), at(1), tileAt(5, 0), { level: 5, tile: 0, group: null }]);
  expect(log).toEqual(['l5/0', '5/0', 'c5/0']);
  release();
  await turn();
  expect(log.at(-1)).toBe('l5/1');
  const block = c.curves(5, 0, LATENCY_GROUP)!.block;
  expect([...block.means.slice(0, 3)]).toEqual([NaN, 2000, NaN]);
  expect(block.maxima[1]).toBe(5000);
  release();
  await turn();
});
