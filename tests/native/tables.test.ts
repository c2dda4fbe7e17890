import { describe, expect, test } from 'vitest';
import type { GoroutineRow, RegionRow, TableColumn, TableQuestion, TableRow, TaskRow } from '../../contract/tables';
import { allRows, openTrace, quiet, tracePath, verb, WHOLE } from './asked';

const PLAIN: TableQuestion = {
  table: 'goroutines',
  scope: WHOLE,
  name: null,
  frame: null,
  find: '',
  within: [],
  sort: [],
  bars: [],
};

describe('tables', () => {
  const opened = openTrace(tracePath('go1.26-tasks'));

  async function rowsOf<T extends TableRow>(q: Partial<TableQuestion>): Promise<T[]> {
    const api = await opened;
    const t = await api.openTable({ ...PLAIN, ...q }, quiet);
    const rows = await allRows<T>(api, t.tableId, t.rowCount);
    expect(await api.readRows({ tableId: t.tableId, from: t.rowCount, count: 5 }, quiet)).toEqual([]);
    await api.closeTable({ tableId: t.tableId }, quiet);
    await expect(api.readRows({ tableId: t.tableId, from: 0, count: 1 }, quiet)).rejects.toThrow('RANGE');
    return rows;
  }

  const COLUMNS: [TableColumn, (r: GoroutineRow) => number | string][] = [
    ['id', (r) => r.id],
    ['name', (r) => r.name.toLowerCase()],
    ['parent', (r) => r.parent ?? -1],
    ['begin', (r) => r.beginNanos],
    ['end', (r) => r.endNanos ?? Infinity],
    ['exec', (r) => r.execNanos],
    ['total', (r) => r.totalNanos],
    ['gcPause', (r) => r.gcPauseNanos],
    ['block', (r) => Object.values(r.blockNanos).reduce((a, b) => a + b, 0)],
    ['block:sync', (r) => r.blockNanos['sync'] ?? 0],
    ['regions', (r) => r.regionCount],
  ];
  test.each(COLUMNS)(
    'goroutines sort by %s, both ways, and stay in order of id where they are equal',
    async (column, key) => {
      const plain = await rowsOf<GoroutineRow>({});
      expect(plain.map((r) => r.id)).toEqual(plain.map((r) => r.id).sort((a, b) => a - b));
      for (const descending of [false, true]) {
        const rows = await rowsOf<GoroutineRow>({ sort: [{ column, descending }] });
        const compare = (a: GoroutineRow, b: GoroutineRow): number => {
          const [x, y] = [key(a), key(b)];
          return (x < y ? -1 : x > y ? 1 : 0) * (descending ? -1 : 1);
        };
        expect(rows).toEqual([...plain].sort(compare));
      }
    },
  );

  test('the first of two columns decides', async () => {
    const rows = await rowsOf<TaskRow>({
      table: 'tasks',
      sort: [
        { column: 'name', descending: false },
        { column: 'duration', descending: true },
      ],
    });
    for (const [i, r] of rows.entries()) {
      const before = rows[i - 1];
      if (before?.name === r.name) expect(before.durationNanos).toBeGreaterThanOrEqual(r.durationNanos);
      else if (before) expect(before.name.toLowerCase() < r.name.toLowerCase()).toBe(true);
    }
  });

  test('a name, a text and a range of a column choose rows', async () => {
    const api = await opened;
    const all = await rowsOf<GoroutineRow>({});
    const count = (name: string): number => all.filter((r) => r.name === name).length;
    const { name } = all.reduce((a, b) => (count(b.name) > count(a.name) ? b : a));
    const named = await rowsOf<GoroutineRow>({ name });
    expect(named).toEqual(all.filter((r) => r.name === name));
    expect(await rowsOf({ find: 'MAIN.' })).toEqual(all.filter((r) => r.name.includes('main.')));
    expect((await rowsOf<GoroutineRow>({ find: '1' })).some((r) => r.id === 1)).toBe(true);
    const totals = named.map((r) => r.totalNanos).sort((a, b) => a - b);
    const [from, to] = [totals[3]!, totals[10]!];
    const within = [{ column: 'total' as const, from, to }];
    expect(await rowsOf({ name, within })).toEqual(named.filter((r) => r.totalNanos >= from && r.totalNanos <= to));
    const t = await api.openTable({ ...PLAIN, name, within }, quiet);
    expect(t.totalCount).toBe(named.length);
    expect(t.rowCount).toBeLessThan(named.length);
  });

  test('a row is found by its id where it stands', async () => {
    const api = await opened;
    const sort = [{ column: 'exec' as const, descending: true }];
    const t = await api.openTable({ ...PLAIN, sort }, quiet);
    const rows = await allRows<GoroutineRow>(api, t.tableId, t.rowCount);
    for (const i of [0, 5, rows.length - 1])
      expect(await api.findRow({ tableId: t.tableId, id: rows[i]!.id }, quiet)).toBe(i);
    expect(await api.findRow({ tableId: t.tableId, id: 1e9 }, quiet)).toBeNull();
  });

  test('regions have the time of their goroutine in them', async () => {
    const rows = await rowsOf<RegionRow>({ table: 'regions', sort: [{ column: 'exec', descending: true }] });
    const told = verb<{ regions: unknown[] }>('regions', tracePath('go1.26-tasks'));
    expect(rows.length).toBe(told.regions.length);
    for (const r of rows) {
      const waits = Object.values(r.blockNanos).reduce((a, b) => a + b, 0);
      const states = r.execNanos + r.schedWaitNanos + r.syscallNanos + r.syscallBlockNanos + waits + r.unknownNanos;
      expect(states).toBe(r.totalNanos);
      if (r.hasBegin && r.hasEnd) expect(r.totalNanos).toBe(r.durationNanos);
    }
  });

  test('what a table does not have is said', async () => {
    const api = await opened;
    const question = { ...PLAIN, table: 'tasks' as const, sort: [{ column: 'exec' as const, descending: true }] };
    await expect(api.openTable(question, quiet)).rejects.toThrow('RANGE: The table has no column exec');
  });
});

describe('questions', () => {
  test('about what is not there are answered by RANGE and a sentence', async () => {
    const api = await openTrace(tracePath('go1.26-tiny'));
    const stays = { from: 0, count: 10 };
    await expect(api.readGoroutine({ id: 987_654, scope: WHOLE, stays }, quiet)).rejects.toThrow(/^RANGE: .*987654/);
    await expect(api.readTask({ id: 987_654, scope: WHOLE }, quiet)).rejects.toThrow(/^RANGE: .*987654/);
    const distribution = api.readDistribution({ scope: WHOLE, function: 'no.such', measure: 'exec' }, quiet);
    await expect(distribution).rejects.toThrow(/^RANGE: .*no\.such/);
    const window = { fromNanos: 9, toNanos: 3 };
    await expect(api.readGc({ scope: { window } }, quiet)).rejects.toThrow(/^RANGE/);
    for (const filter of [{ goroutine: 77_777 }, { function: 'no.such' }, { region: 'none' }]) {
      const scope = { window: null, goroutine: null, function: null, region: null, task: null, ...filter };
      await expect(api.readProfile({ profile: 'sync', scope, side: 'waker' }, quiet)).rejects.toThrow(/^RANGE: .{10}/);
    }
  });

  test('F174: are given up one by one, and asked again', async () => {
    const api = await openTrace(tracePath('go1.25-flightrec'));
    const stop = new AbortController();
    const answer = api.readGc({ scope: WHOLE }, { signal: stop.signal, progress: () => undefined });
    const other = api.readTaskTypes({ scope: WHOLE }, quiet);
    stop.abort();
    await expect(answer).rejects.toThrow('CANCELLED');
    await other;
    expect((await api.readGc({ scope: WHOLE }, quiet)).cpuShare.values.length).toBeGreaterThan(0);
  });

  test('are answered the same whatever the memory, and in whatever order they come', async () => {
    const file = tracePath('go1.26-pprofsrv5');
    const [small, large] = await Promise.all([openTrace(file, 16), openTrace(file, 512)]);
    const { durationNanos } = await large.readInfo(null, quiet);
    const windows = [0, 0.2, 0.7].map((x) => ({
      fromNanos: Math.floor(x * durationNanos),
      toNanos: Math.floor((x + 0.25) * durationNanos),
    }));
    const scopes = [WHOLE, ...windows.map((window) => ({ window }))];
    const ask = (api: typeof small) =>
      scopes.flatMap((scope) => [
        () => api.readGoroutineGroups({ scope }, quiet),
        () => api.readGc({ scope }, quiet),
        () => api.readRegionTypes({ scope }, quiet),
        () =>
          api.readProfile(
            {
              profile: 'sched',
              scope: { ...scope, goroutine: null, function: null, region: null, task: null },
              side: 'waiter',
            },
            quiet,
          ),
      ]);
    const forth: unknown[] = [];
    for (const question of ask(small)) forth.push(await question());
    const back: unknown[] = [];
    for (const question of ask(large).reverse()) back.unshift(await question());
    expect(back).toEqual(forth);
    expect(await Promise.all(ask(small).map((question) => question()))).toEqual(forth);
  });

  test('many at once are all answered', async () => {
    const api = await openTrace(tracePath('go1.26-locks'));
    const { durationNanos } = await api.readInfo(null, quiet);
    const scopes = Array.from({ length: 60 }, (_, i) => ({
      window: { fromNanos: Math.floor((i * durationNanos) / 60), toNanos: Math.floor(((i + 1) * durationNanos) / 60) },
    }));
    const parts = await Promise.all(scopes.map((scope) => api.readGoroutineGroups({ scope }, quiet)));
    const whole = await api.readGoroutineGroups({ scope: WHOLE }, quiet);
    const exec = (groups: typeof whole) => groups.reduce((n, g) => n + g.execNanos, 0);
    expect(exec(parts.flat())).toBe(exec(whole));
  });
});

describe('profiles of a part of the goroutines', () => {
  const opened = openTrace(tracePath('go1.26-tasks'));
  const ask = async (filter: { goroutine?: number; function?: string; region?: string; task?: number }) => {
    const scope = { window: null, goroutine: null, function: null, region: null, task: null, ...filter };
    const p = await (await opened).readProfile({ profile: 'sync', scope, side: 'waker' }, quiet);
    return p.ended.delayNanos + p.still.delayNanos;
  };

  test('of each function sum to the whole, those of its goroutines to the function', async () => {
    const api = await opened;
    const groups = await api.readGoroutineGroups({ scope: WHOLE }, quiet);
    const parts = await Promise.all(groups.map((g) => ask({ function: g.name })));
    expect(parts.reduce((a, b) => a + b, 0)).toBe(await ask({}));
    const ix = parts.findIndex((n, i) => n > 0 && groups[i]!.count > 1 && groups[i]!.count < 50);
    const t = await api.openTable({ ...PLAIN, name: groups[ix]!.name }, quiet);
    const rows = await allRows<GoroutineRow>(api, t.tableId, t.rowCount);
    const each = await Promise.all(rows.map((r) => ask({ goroutine: r.id })));
    expect(each.reduce((a, b) => a + b, 0)).toBe(parts[ix]);
  });

  test('F106: of a task are what its goroutines waited in regions of it and of its subtasks', async () => {
    const api = await opened;
    const t = await api.openTable({ ...PLAIN, table: 'tasks' }, quiet);
    const tasks = await allRows<TaskRow>(api, t.tableId, t.rowCount);
    const r = await api.openTable({ ...PLAIN, table: 'regions' }, quiet);
    const regions = await allRows<RegionRow>(api, r.tableId, r.rowCount);
    const withChildren = (id: number): number[] => [
      id,
      ...tasks.filter((x) => x.parent === id && x.id !== id).flatMap((x) => withChildren(x.id)),
    ];
    const isSync = (reason: string): boolean => reason === 'forever' || /chan|sync|select/.test(reason);
    let looked = 0;
    for (const task of tasks.filter((x) => x.id !== 0).slice(0, 60)) {
      const ids = withChildren(task.id);
      const of = regions.filter((x) => ids.includes(x.task));
      // Regions within regions would count their waits twice here.
      const apart = of.filter(
        (x) =>
          !of.some(
            (y) =>
              y !== x &&
              y.goroutine === x.goroutine &&
              y.fromNanos <= x.fromNanos &&
              x.toNanos <= y.toNanos &&
              (y.fromNanos < x.fromNanos || x.toNanos < y.toNanos),
          ),
      );
      if (of.length === 0) continue;
      const waited = apart.reduce(
        (n, x) => n + Object.entries(x.blockNanos).reduce((m, [reason, ns]) => m + (isSync(reason) ? ns : 0), 0),
        0,
      );
      expect(await ask({ task: task.id }), `task ${task.id}`).toBe(waited);
      looked += waited > 0 ? 1 : 0;
    }
    expect(looked).toBeGreaterThan(3);
    await expect(ask({ task: 987_654 })).rejects.toThrow(/^RANGE: .*987654/);
  });

  test('of a region are those of the command line', async () => {
    const [region] = (await (await opened).readRegionTypes({ scope: WHOLE }, quiet)).filter((r) => r.name !== '');
    const told = verb<{ delay_ns: number; still: { delay_ns: number } }>(
      ...['profile', 'sync', tracePath('go1.26-tasks'), '--region', region!.name],
    );
    expect(await ask({ region: region!.name })).toBe(told.delay_ns + told.still.delay_ns);
  });
});

describe('a goroutine of a later generation', () => {
  test('is read from there, with the same figures as the table', async () => {
    const api = await openTrace(tracePath('go1.26-pprofsrv5'));
    const t = await api.openTable({ ...PLAIN, sort: [{ column: 'begin', descending: true }] }, quiet);
    const rows = await allRows<GoroutineRow>(api, t.tableId, t.rowCount);
    expect((await api.readInfo(null, quiet)).generationCount).toBeGreaterThan(2);
    for (const r of rows.filter((_, i) => i % Math.ceil(rows.length / 40) === 0)) {
      const g = await api.readGoroutine({ id: r.id, scope: WHOLE, stays: { from: 0, count: 500 } }, quiet);
      const of = (state: string) => g.byState.filter((s) => s.state === state).reduce((n, s) => n + s.nanos, 0);
      expect([of('running'), of('runnable'), of('syscall'), of('syscall-blocked')]).toEqual([
        r.execNanos,
        r.schedWaitNanos,
        r.syscallNanos,
        r.syscallBlockNanos,
      ]);
      expect(g.byState.reduce((n, s) => n + s.nanos, 0)).toBe(r.totalNanos);
      expect(g.stays[0]!.fromNanos).toBe(r.beginNanos);
      const scope = { window: null, goroutine: r.id, function: null, region: null, task: null };
      const sched = await api.readProfile({ profile: 'sched', scope, side: 'waker' }, quiet);
      expect(sched.ended.delayNanos + sched.still.delayNanos).toBe(r.schedWaitNanos);
    }
  });
});

describe('F100: the states of a function', () => {
  test('are entered and left as often as its goroutines went', async () => {
    const api = await openTrace(tracePath('go1.26-locks'));
    const groups = await api.readGoroutineGroups({ scope: WHOLE }, quiet);
    for (const g of groups.filter((x) => x.count > 0).slice(0, 6)) {
      const graph = await api.readStateGraph({ scope: WHOLE, function: g.name }, quiet);
      const of = (state: string): number =>
        graph.states.filter((s) => s.state === state).reduce((n, s) => n + s.nanos, 0);
      expect([of('running'), of('runnable'), of('syscall')]).toEqual([g.execNanos, g.schedWaitNanos, g.syscallNanos]);
      const t = await api.openTable({ ...PLAIN, name: g.name }, quiet);
      const rows = await allRows<GoroutineRow>(api, t.tableId, t.rowCount);
      const made = graph.steps.filter((s) => s.from === null).reduce((n, s) => n + s.count, 0);
      const gone = graph.steps.filter((s) => s.to === null).reduce((n, s) => n + s.count, 0);
      expect([made, gone]).toEqual([
        rows.filter((r) => !r.isOlder).length,
        rows.filter((r) => r.endNanos !== null).length,
      ]);
    }
    await expect(api.readStateGraph({ scope: WHOLE, function: 'no.such' }, quiet)).rejects.toThrow(/^RANGE/);
  });
});

describe('bars in cells', () => {
  test('are told against the greatest value of the rows that pass, whatever the order', async () => {
    const api = await openTrace(tracePath('go1.26-locks'));
    const bars = ['total', 'exec', 'gcPause', 'block:sync', 'range:GC mark assist'] as const;
    for (const find of ['', 'exec>100us', 'fn:main.']) {
      const first = await api.openTable({ ...PLAIN, find, bars }, quiet);
      const rows = await allRows<GoroutineRow>(api, first.tableId, first.rowCount);
      const most = (f: (r: GoroutineRow) => number): number => rows.reduce((m, r) => Math.max(m, f(r)), 0);
      const wanted = {
        total: most((r) => r.totalNanos),
        exec: most((r) => r.execNanos),
        gcPause: most((r) => r.gcPauseNanos),
        'block:sync': most((r) => r.blockNanos['sync'] ?? 0),
        'range:GC mark assist': most((r) => r.rangeNanos['GC mark assist'] ?? 0),
      };
      expect(first.maxima).toEqual(wanted);
      const sorted = await api.openTable({ ...PLAIN, find, bars, sort: [{ column: 'exec', descending: true }] }, quiet);
      expect(sorted.maxima).toEqual(wanted);
      const execs = (await allRows<GoroutineRow>(api, sorted.tableId, sorted.rowCount)).map((r) => r.execNanos);
      expect(execs).toEqual(rows.map((r) => r.execNanos).sort((a, b) => b - a));
    }
  });
});

describe('one task', () => {
  test('has its tree, regions, logs, goroutines, and where its time went', async () => {
    const api = await openTrace(tracePath('go1.26-tasks'));
    const t = await api.openTable({ ...PLAIN, table: 'tasks' }, quiet);
    const tasks = await allRows<TaskRow>(api, t.tableId, t.rowCount);
    const spans = await api.openTable({ ...PLAIN, table: 'regions' }, quiet);
    const regions = await allRows<RegionRow>(api, spans.tableId, spans.rowCount);
    for (const task of tasks.filter((x) => x.id !== 0)) {
      const d = await api.readTask({ id: task.id, scope: WHOLE }, quiet);
      expect([d.tree.id, d.tree.name, d.tree.parent]).toEqual([task.id, task.name, task.parent]);
      expect(d.tree.children.map((c) => c.id)).toEqual(tasks.filter((x) => x.parent === task.id).map((x) => x.id));
      expect(d.ancestors[0]?.id ?? null).toBe(task.parent);
      const ids: number[] = [];
      const walk = (n: typeof d.tree): void => {
        ids.push(n.id);
        n.children.forEach(walk);
      };
      walk(d.tree);
      expect(d.nodeCount).toBe(ids.length);
      expect(d.regionCount).toBe(regions.filter((r) => ids.includes(r.task)).length);
      expect(d.logCount).toBe(tasks.filter((x) => ids.includes(x.id)).reduce((n, x) => n + x.logCount, 0));
      expect(d.breakdown.reduce((n, b) => n + b.nanos, 0)).toBe(task.durationNanos);
    }
  });
});
