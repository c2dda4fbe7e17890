import { describe, expect, test } from 'vitest';
import { LANE_LOGS, type RowHead, type RowsRequest } from '../../contract/rows';
import {
  isRowTrack,
  kindIxOfRowTrack,
  laneOfRowTrack,
  trackOfLane,
  trackOfProc,
  WAKEUP_TRACKS,
} from '../../contract/units';
import type { TraceApi } from '../../contract/trace-api';
import { openTrace, quiet, tracePath, verb } from './asked';

const ALL: RowsRequest = {
  by: 'goroutines',
  groupByName: false,
  sort: 'id',
  descending: false,
  filter: '',
  ids: null,
  window: null,
};

interface ExactSpan {
  readonly start: number;
  readonly end: number;
  readonly state: string;
}

async function headsOf(api: TraceApi, q: Partial<RowsRequest>): Promise<readonly RowHead[]> {
  const list = await api.openRows({ ...ALL, ...q }, quiet);
  const { heads } = await api.readRowHeads({ rowsId: list.rowsId, from: 0, count: 500 }, quiet);
  expect(heads).toHaveLength(Math.min(500, list.count));
  await api.closeRows({ rowsId: list.rowsId }, quiet);
  return heads;
}

describe('rows', () => {
  const file = tracePath('go1.26-tasks');
  const opened = openTrace(file);

  test('F47: every goroutine has a row, and its totals are those of the command line', async () => {
    const { rows } = verb<{ rows: { row: number; spans: ExactSpan[] }[] }>(
      'slices',
      file,
      '--rows',
      'goroutines',
      '--exact',
    );
    const heads = await headsOf(await opened, {});
    expect(heads.map((h) => h.id)).toEqual(rows.map((r) => r.row).sort((a, b) => a - b));
    for (const { row, spans } of rows) {
      const head = heads.find((h) => h.id === row)!;
      const sum = (...states: string[]): number =>
        spans.filter((s) => states.includes(s.state)).reduce((n, s) => n + s.end - s.start, 0);
      expect([head.runningNanos, head.runnableNanos, head.waitingNanos, head.syscallNanos]).toEqual([
        sum('running'),
        sum('runnable'),
        sum('waiting'),
        sum('syscall', 'syscall-blocked'),
      ]);
      expect(isRowTrack(head.track) && kindIxOfRowTrack(head.track) === 0 && laneOfRowTrack(head.track) === 0).toBe(
        true,
      );
    }
  });

  test('F36: rows are filtered in the search language, and an error tells its place', async () => {
    const api = await opened;
    const all = await headsOf(api, {});
    const some = all.find((h) => h.name !== '')!;
    const of = await headsOf(api, { filter: `fn="${some.name}"` });
    expect(of).toEqual(all.filter((h) => h.name === some.name));
    const long = await headsOf(api, { filter: 'wait>1ms or g=1' });
    expect(long).toEqual(all.filter((h) => h.waitingNanos > 1e6 || h.id === 1));
    await expect(api.openRows({ ...ALL, filter: 'nosuch:1' }, quiet)).rejects.toThrow(/^RANGE: .*column 1/);
  });

  test('F47: a tile of rows has the form of all tiles; of both kinds at once it is refused', async () => {
    const api = await opened;
    const [first] = await headsOf(api, { sort: 'running', descending: true });
    const { durationNanos } = await api.readInfo(null, quiet);
    const level = Math.ceil(Math.log2(durationNanos / 1024));
    const tracks = [first!.track, trackOfLane(first!.track, LANE_LOGS)];
    const tile = await api.readTile({ level, tile: 0, tracks, quick: true }, quiet);
    expect([...tile.tracks]).toEqual(tracks);
    expect(tile.states).toHaveLength(2 * 1024);
    expect(tile.states.some((s) => s > 0)).toBe(true);
    const wake = await api.readTile({ level, tile: 0, tracks: [...WAKEUP_TRACKS] }, quiet);
    expect(wake.exact).toBe(true);
    const mixed = [first!.track, trackOfProc(0, 0)];
    await expect(api.readTile({ level, tile: 0, tracks: mixed }, quiet)).rejects.toThrow('RANGE');
  });

  test('F78: a chain of causes ends with a reason, and its shares are the first wait', async () => {
    const api = await opened;
    const [first] = await headsOf(api, { sort: 'waiting', descending: true, filter: 'g>0' });
    const next = await api.readAdjacentSpan(
      { track: first!.track, fromNanos: first!.startNanos - 1, direction: 1 },
      quiet,
    );
    const causes = await api.readCauses({ goroutine: first!.id, atNanos: next!.startNanos }, quiet);
    expect(['unknown', 'ran', 'limit']).toContain(causes.stop);
    const shares = causes.steps.reduce((n, s) => n + s.shareNanos, 0);
    expect(shares).toBe(causes.steps[0]!.endNanos - causes.steps[0]!.startNanos);
    await expect(api.readCauses({ goroutine: 987_654, atNanos: 0 }, quiet)).rejects.toThrow('RANGE');
  });

  test('F74: what is connected with a span', async () => {
    const api = await opened;
    const { flows } = await api.readFlows({ fromNanos: 0, toNanos: 1e15, goroutine: null, max: 10_000 }, quiet);
    const woken = flows.find((f) => f.kind === 'unblock' && f.fromGoroutine !== null && f.startNanos !== null)!;
    const c = (await api.readConnections({ goroutine: woken.toGoroutine, atNanos: woken.startNanos! }, quiet))!;
    expect(c.incoming).toMatchObject({ fromGoroutine: woken.fromGoroutine, atNanos: woken.atNanos });
    expect(c.incoming!.stack.length).toBeGreaterThan(0);
    const back = (await api.readConnections({ goroutine: woken.fromGoroutine!, atNanos: woken.atNanos }, quiet))!;
    expect(back.outgoing.map((f) => f.toGoroutine)).toContain(woken.toGoroutine);
    expect(await api.readConnections({ goroutine: 987_654, atNanos: 0 }, quiet)).toBeNull();
  });

  test('F82: an area of a processor and of goroutines', async () => {
    const api = await opened;
    const heads = await headsOf(api, {});
    const area = await api.readArea({ tracks: heads.map((h) => h.track), fromNanos: 0, toNanos: 1e15 }, quiet);
    const lives = heads.reduce((n, h) => n + h.endNanos - h.startNanos, 0);
    expect(area.totalNanos).toBe(lives);
    expect(area.byState.reduce((n, s) => n + s.nanos, 0)).toBe(lives);
  });

  test('a pass that is given up ends with CANCELLED, and the next question makes it anew', async () => {
    const api = await openTrace(file);
    const stop = new AbortController();
    stop.abort();
    await expect(api.openRows(ALL, { signal: stop.signal, progress: () => undefined })).rejects.toThrow('CANCELLED');
    expect((await api.openRows(ALL, quiet)).count).toBeGreaterThan(0);
  });
});
