// The search language through the addon: queries as they are typed, events, hits. Judge: the command line's `events`,
// which tests/golden compares with the reference reader.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EventRow, OpenedEvents } from '../../contract/search';
import type { TraceApi } from '../../contract/trace-api';
import { openTrace, quiet, root, tracePath, WHOLE } from './asked';

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
    const starts: number[] = [];
    for (let from = -1; ;) {
      const hit = await api.findHit({ query, fromNanos: from, forward: true }, quiet);
      if (!hit) break;
      expect(hit.kind).toBe('span');
      expect(hit.what).toContain('main');
      starts.push(hit.startNanos);
      from = hit.startNanos;
    }
    // Spans that begin in the same nanosecond are one step.
    expect(starts.length).toBeGreaterThan(100);
    expect(starts.length).toBeLessThanOrEqual(count);
    const back = await api.findHit({ query, fromNanos: starts.at(-1)!, forward: false }, quiet);
    expect(back!.startNanos).toBe(starts.at(-2));
    expect(await api.findHit({ query, fromNanos: starts[0]!, forward: false }, quiet)).toBeNull();
  });

  it('events, where a query asks for what only events have, or for a text that no span is called', async () => {
    const api = await openTrace(tracePath('go1.26-tasks'));
    for (const query of ['kind:Log', 'validate.card']) {
      const want = lines('go1.26-tasks', '--find', query);
      const hit = await api.findHit({ query, fromNanos: -1, forward: true }, quiet);
      expect(hit).toMatchObject({ kind: 'event', startNanos: want[0]!.t, eventIndex: want[0]!.i });
      expect((await api.readHitTicks({ query }, quiet)).count).toBe(want.length);
    }
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
