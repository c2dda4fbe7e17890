import { execFileSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Profile, ProfilePart, Scope, TimeSums } from '../../contract/answers';
import { PROFILES } from '../../contract/answers';
import type { GoroutineRow, RegionRow, TableQuestion, TaskRow } from '../../contract/tables';
import type { TraceApi } from '../../contract/trace-api';
import { allRows, byText, golden, hashOf, openTrace, quiet, tracePath, verb, WHOLE, type Listed } from './asked';

// Old and new formats; with tasks, a busy collector, network, CPU samples, 64 processors, and goroutines of C threads.
const TRACES = [
  'go1.11-locks',
  'go1.18-netsys',
  'go1.19-cpuprofile',
  'go1.19-tasks',
  'go1.22-locks',
  'go1.23-coro',
  'go1.24-gcheavy',
  'go1.25-cgoish',
  'go1.25-cpuprofile',
  'go1.25-flightrec',
  'go1.26-netsys',
  'go1.26-tasks',
];

interface Right {
  readonly duration_ns: number;
  readonly goroutines: Listed;
  readonly profiles: Record<string, Record<'ended' | 'still', Listed & { count: number; delay_ns: number }>>;
  readonly mmu: Record<string, [number, number][]>;
  readonly gc: {
    readonly cycles: readonly Record<string, number | boolean>[];
    readonly stw: Listed;
    readonly goroutines: Listed & { readonly list: readonly number[][] };
    readonly heap: Record<string, number | null>;
  };
}

const TABLE: Omit<TableQuestion, 'table' | 'scope'> = {
  name: null,
  frame: null,
  find: '',
  within: [],
  sort: [],
  bars: [],
};
const profileOf = (profile: (typeof PROFILES)[number], scope: Scope = WHOLE) =>
  ({ profile, scope: { ...scope, goroutine: null, function: null, region: null, task: null }, side: 'waker' }) as const;

async function goroutineRows(api: TraceApi, scope: Scope = WHOLE): Promise<GoroutineRow[]> {
  const t = await api.openTable({ table: 'goroutines', scope, ...TABLE }, quiet);
  expect(t.rowCount).toBe(t.totalCount);
  return allRows<GoroutineRow>(api, t.tableId, t.rowCount);
}

/** Stacks as texts: those that read the same are one. */
function stacksByText(p: Profile, part: ProfilePart): [string[], number, number][] {
  const of = new Map<string, [string[], number, number]>();
  for (const s of part.stacks) {
    const stack = s.frames.map((f) => `${p.frames[f]!.function}@${p.frames[f]!.line}`);
    const key = JSON.stringify(stack);
    const sum = of.get(key) ?? [stack, 0, 0];
    of.set(key, [stack, sum[1] + s.count, sum[2] + s.delayNanos]);
  }
  return [...of.values()].sort((a, b) => b[2] - a[2] || byText(JSON.stringify(a), JSON.stringify(b)));
}

const sorted = (o: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(o).sort((a, b) => byText(a[0], b[0])));

describe.each(TRACES)('%s', (name) => {
  const right = golden<Right>(name, '.right')!;
  const opened = openTrace(tracePath(name));

  test('the table of goroutines has what each did', async () => {
    const rows = await goroutineRows(await opened);
    const list = rows.map((r) => [
      r.id,
      r.beginNanos,
      r.endNanos,
      r.execNanos,
      r.schedWaitNanos,
      r.syscallNanos,
      r.syscallBlockNanos,
      sorted(r.blockNanos),
    ]);
    expect([list.length, hashOf(list)]).toEqual([right.goroutines.n, right.goroutines.sha256]);
  });

  test('groups are sums of goroutines', async () => {
    const api = await opened;
    const rows = await goroutineRows(api);
    const groups = await api.readGoroutineGroups({ scope: WHOLE }, quiet);
    for (const g of groups) {
      const of = rows.filter((r) => r.name === g.name);
      const sum = (f: (s: TimeSums) => number) => of.reduce((n, r) => n + f(r), 0);
      expect([g.count, g.totalNanos, g.execNanos, g.schedWaitNanos, g.gcPauseNanos, g.gcMarkNanos]).toEqual([
        of.length,
        sum((s) => s.totalNanos),
        sum((s) => s.execNanos),
        sum((s) => s.schedWaitNanos),
        sum((s) => s.gcPauseNanos),
        sum((s) => s.gcMarkNanos),
      ]);
      for (const [reason, nanos] of Object.entries(g.blockNanos))
        expect(nanos).toBe(sum((s) => s.blockNanos[reason] ?? 0));
    }
    expect(groups.reduce((n, g) => n + g.count, 0)).toBe(rows.length);
    const told = verb<{ name: string; n: number; exec: number }[]>('goroutines', tracePath(name), '--groups');
    expect(groups.map((g) => [g.name, g.count, g.execNanos])).toEqual(told.map((g) => [g.name, g.n, g.exec]));
  });

  test.each(['net', 'sync', 'syscall', 'sched'] as const)(
    'F102: F116: the %s profile, each stack with count, mean and longest',
    async (kind) => {
      const p = await (await opened).readProfile(profileOf(kind), quiet);
      for (const part of ['ended', 'still'] as const) {
        const want = right.profiles[kind]![part];
        const rows = stacksByText(p, p[part]);
        expect([p[part].count, p[part].delayNanos, rows.length]).toEqual([want.count, want.delay_ns, want.n]);
        expect(hashOf(rows)).toBe(want.sha256);
        for (const s of p[part].stacks) {
          const lengths = s.longest.map((o) => o.toNanos - o.fromNanos);
          expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
          expect(lengths[0]).toBe(s.maxNanos);
          expect(s.meanNanos).toBeCloseTo(s.count > 0 ? s.delayNanos / s.count : 0, 6);
          expect(s.longest.length).toBe(Math.min(10, Math.max(s.count, 1)));
          if (s.count <= 10) expect(lengths.reduce((a, b) => a + b, 0)).toBe(s.delayNanos);
        }
      }
    },
  );

  test('F113: scheduler latency is the same in sum by the stack of who waits', async () => {
    const api = await opened;
    const [waker, waiter] = await Promise.all([
      api.readProfile(profileOf('sched'), quiet),
      api.readProfile({ ...profileOf('sched'), side: 'waiter' }, quiet),
    ]);
    expect([waiter.ended.count, waiter.ended.delayNanos]).toEqual([waker.ended.count, waker.ended.delayNanos]);
    if (waker.ended.count > 20)
      expect(stacksByText(waiter, waiter.ended)).not.toEqual(stacksByText(waker, waker.ended));
  });

  test('F114: F115: waits in no other profile, and all of them with what ran: the sum of all lives', async () => {
    const api = await opened;
    const groups = await api.readGoroutineGroups({ scope: WHOLE }, quiet);
    const ask = async (kind: (typeof PROFILES)[number]) => {
      const p = await api.readProfile({ ...profileOf(kind), side: 'waiter' }, quiet);
      return { p, nanos: p.ended.delayNanos + p.still.delayNanos };
    };
    const own = (reason: string): boolean =>
      reason === 'network' || reason === 'forever' || /chan|sync|select/.test(reason);
    const sum = (f: (g: (typeof groups)[number]) => number): number => groups.reduce((n, g) => n + f(g), 0);
    const blocked = (of: (reason: string) => boolean): number =>
      sum((g) => Object.entries(g.blockNanos).reduce((n, [r, nanos]) => n + (of(r) ? nanos : 0), 0));
    expect((await ask('other')).nanos).toBe(blocked((r) => !own(r)));
    const wall = await ask('wall');
    expect(wall.nanos).toBe(sum((g) => g.totalNanos - g.unknownNanos));
    const leaf = (s: (typeof wall.p.ended.stacks)[number]): string => wall.p.frames[s.frames[0]!]!.function;
    const of = (state: string): number =>
      [...wall.p.ended.stacks, ...wall.p.still.stacks]
        .filter((s) => leaf(s) === state)
        .reduce((n, s) => n + s.delayNanos, 0);
    expect(of('(running)')).toBe(sum((g) => g.execNanos));
    expect(of('(runnable)')).toBe(sum((g) => g.schedWaitNanos));
    expect(of('(system call)')).toBe(sum((g) => g.syscallNanos + g.syscallBlockNanos));
  });

  test('F96: F142: idle processors beside runnable goroutines: parts of the whole, which sum', async () => {
    const api = await opened;
    const all = await api.readParallelism({ scope: WHOLE }, quiet);
    expect(all.starvedNanos).toBeLessThanOrEqual(right.duration_ns);
    expect(all.waitedIdleNanos).toBeLessThanOrEqual(all.waitedNanos);
    const groups = await api.readGoroutineGroups({ scope: WHOLE }, quiet);
    const sched = groups.reduce((n, g) => n + g.schedWaitNanos, 0);
    // What was runnable before the trace first tells of it is not seen here.
    expect(all.waitedNanos).toBeLessThanOrEqual(sched);
    const cuts = [0, 0.3, 0.31, 0.9, 1].map((x) => Math.floor(x * right.duration_ns));
    const parts = await Promise.all(
      cuts
        .slice(1)
        .map((toNanos, i) => api.readParallelism({ scope: { window: { fromNanos: cuts[i]!, toNanos } } }, quiet)),
    );
    for (const f of ['starvedNanos', 'waitedNanos', 'waitedIdleNanos', 'idleNanos'] as const)
      expect(parts.reduce((n, p) => n + p[f], 0)).toBe(all[f]);
  });

  test('F109: F110: the file for pprof holds what `pprof TYPE` of the command line writes', async () => {
    const api = await opened;
    for (const kind of PROFILES.filter((p) => p !== 'wall')) {
      const bytes = await api.exportPprof(profileOf(kind), quiet);
      const p = await api.readProfile(profileOf(kind), quiet);
      expect([bytes[0], bytes[1]]).toEqual([0x1f, 0x8b]);
      const theirs = execFileSync('bin/tracewell', ['pprof', kind, tracePath(name)], { maxBuffer: 1 << 26 });
      // Stacks are numbered in another order; texts and sums are the same.
      const raw = gunzipSync(bytes);
      expect(raw.length).toBe(gunzipSync(theirs).length);
      for (const f of p.ended.stacks.flatMap((s) => s.frames).slice(0, 50))
        expect(raw.includes(p.frames[f]!.function)).toBe(true);
    }
  });

  test('utilization', async () => {
    const api = await opened;
    for (const [setting, curve] of Object.entries(right.mmu)) {
      const [who, flags] = setting.split(': ');
      const got = await api.readMmu(
        {
          scope: WHOLE,
          flags: flags!.split('|') as ('stw' | 'background' | 'assist' | 'sweep')[],
          perProc: who === 'perProc',
          windowNanos: curve.map(([w]) => w),
          worstOfNanos: 1_000_000,
          quantiles: false,
        },
        quiet,
      );
      expect(got.quantiles).toEqual([0]);
      for (const [i, [w, u]] of curve.entries()) {
        expect(got.curve[i]!.windowNanos).toBe(w);
        expect(got.curve[i]!.values[0], `${setting} ${w}`).toBeCloseTo(u, 9);
      }
      const least = curve.find(([w]) => w === 1_000_000)![1];
      expect(got.worst[0]!.utilization).toBeCloseTo(least, 9);
      expect(got.worst.length).toBeLessThanOrEqual(10);
    }
  });

  test('F135: F136: the collector: cycles, stops, heap, and what goroutines and functions paid', async () => {
    const api = await opened;
    const gc = await api.readGc({ scope: WHOLE }, quiet);
    expect(
      gc.cycles.map((c) => ({
        start: c.fromNanos,
        end: c.toNanos,
        before_trace: c.isOlder,
        at_end: c.isOpen,
        stw_ns: c.stwNanos,
        assist_ns: c.assistNanos,
      })),
    ).toEqual(right.gc.cycles);
    const stops = gc.stops.map((s) => [s.fromNanos, s.toNanos, s.reason, s.goroutine]);
    expect([gc.stopCount, hashOf(stops)]).toEqual([right.gc.stw.n, right.gc.stw.sha256]);
    expect(gc.stopsByReason.reduce((n, r) => n + r.count, 0)).toBe(gc.stopCount);
    const h = gc.heap;
    expect({
      first: h.firstBytes,
      last: h.lastBytes,
      max: h.maxBytes,
      goal_first: h.goalFirstBytes,
      goal_last: h.goalLastBytes,
      goal_max: h.goalMaxBytes,
    }).toEqual(right.gc.heap);
    // [g, stops, marking, assists, sweeps] in the golden; the table of goroutines has the first two.
    const rows = await goroutineRows(api);
    const paid = new Map(gc.goroutines.map((g) => [g.id, g]));
    const list = rows.map((r) => {
      const p = paid.get(r.id);
      return [r.id, r.gcPauseNanos, r.gcMarkNanos, p?.assistNanos ?? 0, p?.sweepNanos ?? 0];
    });
    if (gc.assistingCount <= 100) expect(hashOf(list)).toBe(right.gc.goroutines.sha256);
    expect(gc.functions.reduce((n, f) => n + f.assistNanos, 0)).toBe(gc.assistNanos);
    expect(gc.functions.reduce((n, f) => n + f.count, 0)).toBe(gc.assistingCount);
    for (const share of gc.cpuShare.values) expect(share >= 0 && share <= 1).toBe(true);
  });

  test('F123: tasks and regions are those of the command line, with those open at an edge of the trace', async () => {
    const api = await opened;
    type Told = { tasks: Record<string, unknown>[]; task_types: { name: string; n: number; complete: number }[] };
    const tasks = verb<Told>('tasks', tracePath(name));
    const t = await api.openTable({ table: 'tasks', scope: WHOLE, ...TABLE }, quiet);
    const rows = await allRows<TaskRow>(api, t.tableId, t.rowCount);
    expect(
      rows.map((r) => ({
        id: r.id,
        name: r.name,
        parent: r.parent,
        start: r.beginNanos,
        duration: r.durationNanos,
        complete: r.isComplete,
        has_start: r.hasBegin,
        has_end: r.hasEnd,
        regions: r.regionCount,
      })),
    ).toEqual(
      tasks.tasks.map((x) => {
        const rest = { ...x };
        for (const list of ['children', 'goroutines', 'logs']) delete rest[list];
        return rest;
      }),
    );
    expect(rows.map((r) => [r.childCount, r.goroutineCount, r.logCount])).toEqual(
      tasks.tasks.map((x) => [x['children'], x['goroutines'], x['logs']].map((l) => (l as unknown[]).length)),
    );
    const types = await api.readTaskTypes({ scope: WHOLE }, quiet);
    expect(types.map((x) => ({ name: x.name, n: x.count, complete: x.completeCount }))).toEqual(
      tasks.task_types.map(({ name, n, complete }) => ({ name, n, complete })),
    );

    type Region = Record<string, unknown> & { block: Record<string, number> };
    type Type = { name: string; frame: string; n: number; sum_ns: number; histogram: { buckets: { n: number }[] } };
    const regions = verb<{ regions: Region[]; region_types: Type[] }>('regions', tracePath(name));
    const r = await api.openTable({ table: 'regions', scope: WHOLE, ...TABLE }, quiet);
    const spans = await allRows<RegionRow>(api, r.tableId, r.rowCount);
    expect(spans.map((s) => [s.goroutine, s.task, s.name, s.frame, s.fromNanos, s.durationNanos, s.execNanos])).toEqual(
      regions.regions.map((s) => [s['g'], s['task'], s['name'], s['frame'], s['start'], s['duration'], s['exec']]),
    );
    // F123: those that the trace holds in part are counted apart.
    const open = (await api.readRegionTypes({ scope: WHOLE }, quiet)).reduce((n, k) => n + k.openCount, 0);
    expect(open).toBe(spans.filter((s) => !s.hasBegin || !s.hasEnd).length);
    expect(spans.map((s) => sorted(s.blockNanos))).toEqual(regions.regions.map((s) => sorted(s.block)));
    const kinds = await api.readRegionTypes({ scope: WHOLE }, quiet);
    const told = (x: { name: string; frame: string }, n: number, sum: number, buckets: number[]) =>
      JSON.stringify([x.name, x.frame, n, sum, buckets.filter((b) => b > 0)]);
    expect(
      kinds
        .map((k) =>
          told(
            k,
            k.count,
            k.sumNanos,
            k.histogram.buckets.map((b) => b.count),
          ),
        )
        .sort(),
    ).toEqual(
      regions.region_types
        .map((k) =>
          told(
            k,
            k.n,
            k.sum_ns,
            k.histogram.buckets.map((b) => b.n),
          ),
        )
        .sort(),
    );
    for (const k of kinds.slice(0, 5)) {
      const one = await api.readRegionType({ scope: WHOLE, name: k.name, frame: k.frame }, quiet);
      expect({ ...one, sums: null, worst: null, goroutines: null, goroutineCount: 0 }).toEqual({
        ...k,
        sums: null,
        worst: null,
        goroutines: null,
        goroutineCount: 0,
      });
      const of = spans.filter((s) => s.name === k.name && s.frame === k.frame);
      expect(one.sums.execNanos).toBe(of.reduce((n, s) => n + s.execNanos, 0));
      expect(one.worst[0]!.toNanos - one.worst[0]!.fromNanos).toBe(Math.max(...of.map((s) => s.durationNanos)));
      expect(one.goroutineCount).toBe(new Set(of.map((s) => s.goroutine)).size);
    }
  });

  test('each goroutine by itself has the sums of the table', async () => {
    const api = await opened;
    const rows = await goroutineRows(api);
    const busiest = [...rows].sort((a, b) => b.execNanos - a.execNanos).slice(0, 4);
    for (const r of busiest) {
      const g = await api.readGoroutine({ id: r.id, scope: WHOLE, stays: { from: 0, count: 500 } }, quiet);
      const { totalNanos, execNanos, blockNanos, gcPauseNanos } = r;
      expect(g.sums).toMatchObject({ totalNanos, execNanos, blockNanos, gcPauseNanos });
      expect([g.name, g.beginNanos, g.endNanos, g.parent?.id ?? null]).toEqual([
        r.name,
        r.beginNanos,
        r.endNanos,
        r.parent,
      ]);
      const of = (state: string) => g.byState.filter((s) => s.state === state).reduce((n, s) => n + s.nanos, 0);
      expect([of('running'), of('runnable'), of('syscall')]).toEqual([r.execNanos, r.schedWaitNanos, r.syscallNanos]);
      expect(g.stacks.reduce((n, s) => n + s.nanos, 0)).toBe(g.byState.reduce((n, s) => n + s.nanos, 0));
      expect(g.byState.reduce((n, s) => n + s.count, 0)).toBe(g.stayCount);
      expect(g.stays.length).toBe(Math.min(500, g.stayCount));
      for (const [i, s] of g.stays.entries()) if (i > 0) expect(s.fromNanos).toBe(g.stays[i - 1]!.toNanos);
      const later = await api.readGoroutine({ id: r.id, scope: WHOLE, stays: { from: 1, count: 3 } }, quiet);
      expect(later.stays.map((s) => s.fromNanos)).toEqual(g.stays.slice(1, 4).map((s) => s.fromNanos));
    }
    const children = rows.filter((r) => r.parent === busiest[0]!.id);
    const first = await api.readGoroutine({ id: busiest[0]!.id, scope: WHOLE, stays: { from: 0, count: 0 } }, quiet);
    expect(first.childCount).toBe(children.length);

    const ids = busiest.map((r) => r.id);
    const strips = await api.readGoroutineStrips({ ids, scope: WHOLE, count: 100 }, quiet);
    expect(strips.map((s) => s.id)).toEqual(ids);
    for (const strip of strips) {
      const g = await api.readGoroutine({ id: strip.id, scope: WHOLE, stays: { from: 0, count: 100 } }, quiet);
      const stays = g.stays.map(({ fromNanos, toNanos, state, reason, by }) => ({
        fromNanos,
        toNanos,
        state,
        reason,
        by,
      }));
      expect(strip).toEqual({ id: g.id, name: g.name, stayCount: g.stayCount, stays });
    }
  });

  test('parts of the trace sum to the whole', async () => {
    const api = await opened;
    const cuts = [0, 0.13, 0.131, 0.5, 0.86, 1].map((x) => Math.floor(x * right.duration_ns));
    const parts: Scope[] = cuts.slice(1).map((to, i) => ({ window: { fromNanos: cuts[i]!, toNanos: to } }));
    for (const kind of PROFILES) {
      const all = await api.readProfile(profileOf(kind), quiet);
      const cut = await Promise.all(parts.map((s) => api.readProfile(profileOf(kind, s), quiet)));
      for (const part of ['ended', 'still'] as const) {
        expect(cut.reduce((n, p) => n + p[part].count, 0)).toBe(all[part].count);
        expect(cut.reduce((n, p) => n + p[part].delayNanos, 0)).toBe(all[part].delayNanos);
      }
    }
    const groups = await api.readGoroutineGroups({ scope: WHOLE }, quiet);
    const cut = await Promise.all(parts.map((scope) => api.readGoroutineGroups({ scope }, quiet)));
    for (const f of ['execNanos', 'schedWaitNanos', 'totalNanos', 'gcPauseNanos', 'gcMarkNanos'] as const)
      expect(cut.flat().reduce((n, g) => n + g[f], 0)).toBe(groups.reduce((n, g) => n + g[f], 0));
    const types = await api.readTaskTypes({ scope: WHOLE }, quiet);
    const cutTypes = await Promise.all(parts.map((scope) => api.readTaskTypes({ scope }, quiet)));
    expect(cutTypes.flat().reduce((n, t) => n + t.count, 0)).toBe(types.reduce((n, t) => n + t.count, 0));
    const regions = await api.readRegionTypes({ scope: WHOLE }, quiet);
    const cutRegions = await Promise.all(parts.map((scope) => api.readRegionTypes({ scope }, quiet)));
    for (const f of ['count', 'sumNanos'] as const)
      expect(cutRegions.flat().reduce((n, r) => n + r[f], 0)).toBe(regions.reduce((n, r) => n + r[f], 0));
    const gc = await api.readGc({ scope: WHOLE }, quiet);
    const cutGc = await Promise.all(parts.map((scope) => api.readGc({ scope }, quiet)));
    for (const f of ['markNanos', 'assistNanos', 'sweepNanos', 'stopNanos'] as const)
      expect(cutGc.reduce((n, g) => n + g[f], 0)).toBe(gc[f]);
  });

  test('the home page tells the same as the pages', async () => {
    const api = await opened;
    const home = await api.readHomeFigures(null, quiet);
    const groups = await api.readGoroutineGroups({ scope: WHOLE }, quiet);
    expect([home.functionCount, home.goroutineCount]).toEqual([groups.length, right.goroutines.n]);
    for (const kind of ['net', 'sync', 'syscall', 'sched'] as const) {
      const { ended, still } = right.profiles[kind]!;
      expect(home.profiles[kind]).toEqual({
        count: ended!.count,
        delayNanos: ended!.delay_ns,
        stillCount: still!.count,
      });
    }
    const curve = right.mmu['system: stw|background|assist']!;
    expect(home.mmu10ms).toBeCloseTo(curve.find(([w]) => w === 10_000_000)![1], 9);
    expect([home.gcCycleCount, home.stwCount]).toEqual([right.gc.cycles.length, right.gc.stw.n]);
  });
});
