// The search language through the addon: queries as they are typed, events, hits. Judge: the command line's `events`,
// which tests/golden compares with the reference reader.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EventRow, FoundHit, OpenedEvents } from '../../contract/search';
import type { TraceApi } from '../../contract/trace-api';
import { openTrace, quiet, root, tracePath, verb, WHOLE } from './asked';

/** As `slices --rows goroutines` says it. */
interface LifeSpan {
  readonly g: number;
  readonly start: number;
  readonly end: number;
  readonly state: string;
  readonly reason?: string;
}

interface Line {
  readonly i: number;
  readonly t: number;
  readonly g: number;
  readonly p: number;
  readonly k: string;
  readonly stack?: readonly string[];
}
function lines(name: string, ...words: string[]): Line[] {
  const all = [path.join(root, 'bin/tracewell'), ['events', tracePath(name), ...words]] as const;
  const out = execFileSync(all[0], all[1], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

async function rows(api: TraceApi, table: OpenedEvents): Promise<EventRow[]> {
  const out: EventRow[] = [];
  while (out.length < table.rowCount) {
    const more = await api.readEvents({ tableId: table.tableId, from: out.length, count: 500 }, quiet);
    if (more.length === 0) break;
    out.push(...more);
  }
  return out;
}

describe('F147: queries as they are typed', () => {
  it('are checked and completed, places counted as JavaScript counts', async () => {
    const api = await openTrace(tracePath('go1.26-tasks'));
    expect(await api.checkQuery({ query: 'kind:Log or t<1ms' }, quiet)).toBeNull();
    expect(await api.checkQuery({ query: '"😀" foo:1' }, quiet)).toMatchObject({ fromChar: 5, toChar: 8 });
    const items = async (query: string): Promise<string[]> =>
      (await api.completeQuery({ query, caret: query.length }, quiet)).items.map((i) => i.text);
    expect(await items('re')).toEqual(['reason:', 'region:']);
    expect(await items('region:box')).toEqual(['box0', 'box1', 'box2']);
    expect(await items('reason:chan')).toEqual(['"chan receive"', '"chan send"']);
    expect(await items('task:pay')).toEqual(['payment']);
    expect(await items('fn:main.o')).toContain('main.order.func2');
  });
});

describe('F147: events that a query finds are those of the command line', () => {
  it.each([
    ['go1.26-tasks', ''],
    ['go1.26-tasks', 'kind:Log or task:1'],
    ['go1.26-pprofsrv5', 'goroutine:1'],
    ['go1.19-tasks', 'main state:waiting'],
    ['go1.22-locks', 'stack:Mutex'],
  ])('%s %s', async (name, query) => {
    const api = await openTrace(tracePath(name));
    const want = lines(name, ...(query === '' ? [] : ['--find', query]));
    const table = await api.openEvents({ query, window: null }, quiet);
    expect(table.rowCount).toBe(want.length);
    const got = await rows(api, table);
    const id = (n: number): number | null => (n < 0 ? null : n);
    expect(got.map((e) => [e.index, e.timeNanos, e.kind, e.goroutine, e.proc])).toEqual(
      want.map((e) => [e.i, e.t, e.k, id(e.g), id(e.p)]),
    );
    const middle = want[want.length >> 1]!;
    const read = await api.readEvent({ index: middle.i }, quiet);
    expect(read!.stack.map((f) => `${f.function}@${f.line}`)).toEqual(middle.stack ?? []);
    const at = { tableId: table.tableId, atNanos: null };
    expect(await api.findEventRow({ ...at, index: middle.i }, quiet)).toBe(want.length >> 1);
    expect(await api.findEventRow({ tableId: table.tableId, index: null, atNanos: middle.t }, quiet)).toBe(
      want.length >> 1,
    );
    expect(await api.readEvent({ index: 1e9 }, quiet)).toBeNull();
  });

  it('within a window, and as lines of a file', async () => {
    const api = await openTrace(tracePath('go1.26-tasks'));
    const window = { fromNanos: 1_000_000, toNanos: 3_000_000 };
    const table = await api.openEvents({ query: 'kind:Region', window }, quiet);
    const want = lines('go1.26-tasks', '--find', 'kind:Region t:1ms..3ms');
    expect(table.rowCount).toBe(want.length);
    let text = '';
    for (let from: number | null = 0; from !== null;) {
      const piece = await api.readEventText({ tableId: table.tableId, from, format: 'jsonl' }, quiet);
      text += piece.text;
      from = piece.next;
    }
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(want);
    const csv = await api.readEventText({ tableId: table.tableId, from: 0, format: 'csv' }, quiet);
    expect(csv.text.trimEnd().split('\n')).toHaveLength(want.length + 1);
    await api.closeEvents({ tableId: table.tableId }, quiet);
    await expect(api.readEvents({ tableId: table.tableId, from: 0, count: 1 }, quiet)).rejects.toThrow('RANGE');
  });
});

describe('F146: hits in the timeline, one after another', () => {
  it('spans of a function, forward and back, as many as the ticks count', async () => {
    const api = await openTrace(tracePath('go1.26-locks'));
    const query = 'fn:main state:running';
    const { count, ticks } = await api.readHitTicks({ query }, quiet);
    expect(ticks).toHaveLength(1024);
    expect(ticks.reduce((a, b) => a + b, 0)).toBe(count);
    const hits = await allHits(api, query);
    expect(hits.every((h) => h.kind === 'span' && h.what.includes('main'))).toBe(true);
    expect(hits).toHaveLength(count);
    expect(count).toBeGreaterThan(100);
    expect(hits.map((h) => h.place)).toEqual(hits.map((_, i) => i));
    const last = hits.at(-1)!;
    const back = await api.findHit({ query, fromNanos: last.startNanos, track: last.track, forward: false }, quiet);
    expect(back).toEqual(hits.at(-2));
    const { startNanos, track } = hits[0]!;
    expect(await api.findHit({ query, fromNanos: startNanos, track, forward: false }, quiet)).toBeNull();
  });

  it('events, where a query asks for what only events have, or for a text that no span is called', async () => {
    const api = await openTrace(tracePath('go1.26-tasks'));
    for (const query of ['kind:Log', 'validate.card']) {
      const want = lines('go1.26-tasks', '--find', query);
      const hit = await api.findHit({ query, fromNanos: -1, track: null, forward: true }, quiet);
      expect(hit).toMatchObject({ kind: 'event', startNanos: want[0]!.t, eventIndex: want[0]!.i });
      expect((await api.readHitTicks({ query }, quiet)).count).toBe(want.length);
    }
  });
});

describe('F146: hits that merged spans hold, by bucket', () => {
  /** Buckets that spans shorter than 32 of them touch, from the command line's exact spans. */
  const touched = (spans: readonly { readonly start: number; readonly end: number }[], level: number, tile: number) => {
    const bucket = 2 ** level;
    const from = tile * 1024 * bucket;
    const found = new Set<number>();
    for (const s of spans) {
      if (s.end - s.start >= 32 * bucket || s.end < from || s.start >= from + 1024 * bucket) continue;
      const last = Math.floor((Math.max(s.start, s.end - 1) - from) / bucket);
      for (let b = Math.max(0, Math.floor((s.start - from) / bucket)); b <= Math.min(1023, last); b++) found.add(b);
    }
    return [...found].sort((x, y) => x - y);
  };

  it.each(['go1.26-locks', 'go1.19-tasks', 'go1.26-gcheavy'])('of %s, on processors and goroutines', async (name) => {
    const api = await openTrace(tracePath(name));
    interface ProcSpan extends LifeSpan {
      readonly fn?: string;
    }
    const byProc = verb<{ rows: { row: number; lane: number; spans: ProcSpan[] }[] }>(
      'slices',
      tracePath(name),
      '--rows',
      'procs',
      '--exact',
    ).rows.filter((r) => r.lane === 0);
    const g = byProc.flatMap((r) => r.spans).find((s) => s.g > 0)!.g;
    const { durationNanos } = await api.readInfo(null, quiet);
    const whole = Math.max(0, Math.ceil(Math.log2(durationNanos / 1024)));
    for (const [level, tile] of [
      [whole, 0],
      [whole - 4, 3],
      [whole - 8, 77],
    ] as const) {
      const tracks = byProc.map((r) => 2 + 2 * r.row);
      const { cells } = await api.readHitCells({ query: `g=${g} state:running`, level, tile, tracks }, quiet);
      expect(cells).toEqual(
        byProc.map((r) =>
          touched(
            r.spans.filter((s) => s.g === g),
            level,
            tile,
          ),
        ),
      );
    }
    const list = await api.openRows(
      { by: 'goroutines', groupByName: false, sort: 'id', descending: false, filter: '', ids: null, window: null },
      quiet,
    );
    const { heads } = await api.readRowHeads({ rowsId: list.rowsId, from: 0, count: 20 }, quiet);
    const lives = verb<{ rows: { lane: number; spans: LifeSpan[] }[] }>(
      'slices',
      tracePath(name),
      '--rows',
      'goroutines',
      '--exact',
    )
      .rows.filter((r) => r.lane === 0)
      .flatMap((r) => r.spans);
    const { cells } = await api.readHitCells(
      { query: 'state:waiting', level: whole, tile: 0, tracks: heads.map((h) => h.track) },
      quiet,
    );
    const waits = lives.filter((s) => s.state === 'waiting');
    expect(cells).toEqual(
      heads.map((h) =>
        touched(
          waits.filter((s) => s.g === h.id),
          whole,
          0,
        ),
      ),
    );
    // Tracks of other rows have none; events are not known by buckets.
    const other = await api.readHitCells({ query: 'state:waiting', level: whole, tile: 0, tracks: [2] }, quiet);
    expect(other.cells).toEqual([[]]);
    const ofEvents = await api.readHitCells({ query: 'kind:Metric', level: whole, tile: 0, tracks: [2] }, quiet);
    expect(ofEvents.cells).toBeNull();
  });
});

/** Hits that are gone to: each step may decode a part of the trace. */
const MOST = 60;

/** Every hit of a query, one after another. */
async function allHits(api: TraceApi, query: string, most = Infinity): Promise<FoundHit[]> {
  const hits: FoundHit[] = [];
  for (let from = -1, track: number | null = null; ;) {
    const hit: FoundHit | null = await api.findHit({ query, fromNanos: from, track, forward: true }, quiet);
    if (!hit || hits.length >= most) return hits;
    hits.push(hit);
    [from, track] = [hit.startNanos, hit.track];
  }
}

describe('F146: waits and runnable stretches, on rows of goroutines', () => {
  it.each(['go1.26-locks', 'go1.26-pprofsrv5', 'go1.19-tasks', 'go1.22-locks'])(
    'of %s: as the command line lists them',
    async (name) => {
      const api = await openTrace(tracePath(name));
      const { rows: lives } = verb<{ rows: { lane: number; spans: LifeSpan[] }[] }>(
        'slices',
        tracePath(name),
        '--rows',
        'goroutines',
        '--exact',
      );
      const spans = lives.filter((r) => r.lane === 0).flatMap((r) => r.spans);
      const judge: readonly (readonly [string, (s: LifeSpan) => boolean])[] = [
        ['state:waiting dur>20us', (s) => s.state === 'waiting' && s.end - s.start > 20_000],
        ['state:runnable dur>5us', (s) => s.state === 'runnable' && s.end - s.start > 5000],
        ['reason:sync or reason:chan', (s) => s.state === 'waiting' && /sync|chan/i.test(s.reason ?? '')],
      ];
      for (const [query, wanted] of judge) {
        const want = spans.filter(wanted).map((s) => `${s.start} ${s.end} ${s.g}`);
        const { count, ticks } = await api.readHitTicks({ query }, quiet);
        const hits = await allHits(api, query, MOST);
        expect(count).toBe(want.length);
        expect(ticks.reduce((a, b) => a + b, 0)).toBe(count);
        expect(hits.map((h) => h.place)).toEqual(hits.map((_, i) => i));
        const got = hits.map((h) => `${h.startNanos} ${h.endNanos} ${h.goroutine}`);
        const last = hits.at(-1)?.startNanos ?? 0;
        const first = hits.length < MOST ? want : want.filter((w) => Number(w.split(' ')[0]) < last);
        expect(got.filter((w) => hits.length < MOST || Number(w.split(' ')[0]) < last).sort()).toEqual(first.sort());
      }
    },
  );
});

describe('F52: scheduler latency', () => {
  it('mean and most of each bucket, at scales that are kept and below', async () => {
    for (const name of ['go1.26-locks', 'go1.21-locks-p64', 'go1.26-fractal-pixel']) {
      const api = await openTrace(tracePath(name));
      const { rows: lives } = verb<{ rows: { lane: number; spans: LifeSpan[] }[] }>(
        'slices',
        tracePath(name),
        '--rows',
        'goroutines',
        '--exact',
      );
      const waits = lives
        .filter((r) => r.lane === 0)
        .flatMap(({ spans }) =>
          spans.flatMap((s, i) =>
            s.state === 'runnable' && ['running', 'assist'].includes(spans[i + 1]?.state ?? '')
              ? [{ g: s.g, at: s.end, nanos: s.end - s.start }]
              : [],
          ),
        );
      expect(waits.length).toBeGreaterThan(20);
      const some = waits[Math.floor(waits.length / 3)]!;
      const last = waits.filter((w) => w.at <= some.at + 1).reduce((a, b) => (b.at > a.at ? b : a));
      expect(await api.readLatencyAt({ atNanos: some.at + 1 }, quiet)).toEqual({
        goroutine: last.g,
        atNanos: last.at,
        nanos: last.nanos,
      });
      for (const level of [24, 16, 10, 6]) {
        const tile = Math.floor(waits[Math.floor(waits.length / 2)]!.at / 2 ** (level + 10));
        const block = await api.readLatency({ level, tile }, quiet);
        const sums = Array.from({ length: 1024 }, () => ({ n: 0, sum: 0, most: 0 }));
        for (const { at, nanos } of waits) {
          const b = sums[Math.floor(at / 2 ** level) - tile * 1024];
          if (b) Object.assign(b, { n: b.n + 1, sum: b.sum + nanos, most: Math.max(b.most, nanos) });
        }
        const near = (v: number | null): number | null => (v === null ? null : Number(v.toPrecision(5)));
        expect(block.means.map(near)).toEqual(sums.map((s) => near(s.n > 0 ? Math.fround(s.sum / s.n) : null)));
        expect(block.maxima.map(near)).toEqual(sums.map((s) => near(s.n > 0 ? Math.fround(s.most) : null)));
      }
    }
  });
});

describe('F68: experimental events', () => {
  it('are found among all, with what they say, and goroutines are drawn as in any other trace', async () => {
    const api = await openTrace(tracePath('go1.26-allocfree'));
    const want = lines('go1.26-allocfree', '--find', 'kind:Experimental');
    const table = await api.openEvents({ query: 'kind:Experimental', window: null }, quiet);
    expect(table.rowCount).toBe(want.length);
    const [first] = await api.readEvents({ tableId: table.tableId, from: 0, count: 1 }, quiet);
    expect(first).toMatchObject({ index: want[0]!.i, kind: 'Experimental', timeNanos: want[0]!.t });
    const { rowCount } = await api.openEvents({ query: 'kind:StateTransition', window: null }, quiet);
    expect(rowCount).toBeGreaterThan(1000);
    expect((await api.readHitTicks({ query: 'state:running' }, quiet)).count).toBeGreaterThan(100);
  });
});

describe('F36: tables take the same language', () => {
  it('goroutines, tasks and regions by their fields', async () => {
    const api = await openTrace(tracePath('go1.26-tasks'));
    const open = async (table: 'goroutines' | 'tasks' | 'regions', find: string): Promise<number> => {
      const question = { table, scope: WHOLE, name: null, frame: null, find, within: [], sort: [], bars: [] };
      return (await api.openTable(question, quiet)).rowCount;
    };
    const all = await open('goroutines', '');
    expect(await open('goroutines', 'g:1')).toBe(1);
    expect(await open('goroutines', 'not g:1')).toBe(all - 1);
    expect((await open('goroutines', 'exec>100us')) + (await open('goroutines', 'exec<=100us'))).toBe(all);
    expect(await open('goroutines', 'fn:main.main.func1')).toBe(40);
    expect(await open('tasks', 'order')).toBe(40);
    expect(await open('regions', 'region=validate')).toBe(40);
    expect(await open('regions', 'region:validate dur>0')).toBe(120);
    await expect(open('tasks', 'foo:1')).rejects.toThrow('RANGE');
  });
});
