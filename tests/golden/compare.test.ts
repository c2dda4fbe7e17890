import { describe, expect, it } from 'vitest';
import { answerTo, ask, goldenText, tracePath } from './corpus';

/** The part of `compare` that is looked at here. */
interface Side {
  readonly count: number;
  readonly execNanos: number;
  readonly schedWaitNanos: number;
}
interface Comparison {
  readonly sentences: readonly string[];
  readonly measures: readonly {
    id: string;
    a: number | null;
    b: number | null;
    difference: number | null;
    ratio: number | null;
    change: string;
  }[];
  readonly functions: readonly { name: string; a: Side | null; b: Side | null; only: 'a' | 'b' | null }[];
  readonly profiles: Readonly<Record<string, readonly { functions: readonly string[]; differenceNanos: number }[]>>;
  readonly regions: readonly { differenceNanos: number; test: { isMoreThanNoise: boolean } | null }[];
}
/** A goroutine of NAME.right.json: id, creation, end, exec, sched wait, syscall, syscall block, block by reason. */
type Row = readonly [number, number, number | null, number, number, number, number, Readonly<Record<string, number>>];

const trace = (name: string): string => tracePath('traces', name);
/** Traces that differ in one known thing: tests/fixtures/pairs/main.go. */
const pair = (name: string): string => tracePath('pairs', name);
const compare = async (a: string, b: string, ...more: string[]): Promise<Comparison> =>
  JSON.parse(await answerTo('compare', trace(a), trace(b), ...more)) as Comparison;
function rows(name: string): readonly Row[] {
  const right = JSON.parse(goldenText(name, '.right.json') ?? '{}') as { goroutines: { n: number; list: Row[] } };
  expect(right.goroutines.list).toHaveLength(right.goroutines.n);
  return right.goroutines.list;
}
const sum = (of: readonly Row[], f: (g: Row) => number): number => of.reduce((n, g) => n + f(g), 0);

/** v1 with v2, other programs, the same program in another way. */
const PAIRS = [
  ['go1.26-fractal-workers', 'go1.26-fractal-workersbuf'],
  ['go1.21-tiny', 'go1.22-tiny'],
  ['go1.19-tasks', 'go1.26-tasks'],
  ['go1.24-locks', 'go1.26-netsys'],
] as const;

describe.each(PAIRS)('F155: %s beside %s', (a, b) => {
  it('has the sums of the goldens, and their difference', async () => {
    const found = await compare(a, b);
    const of = (id: string) => found.measures.find((m) => m.id === id);
    const wanted: readonly (readonly [string, (g: Row) => number])[] = [
      ['exec', (g) => g[3]],
      ['sched-wait', (g) => g[4]],
      ['syscall', (g) => g[5] + g[6]],
      ['block:sync', (g) => g[7]['sync'] ?? 0],
      ['goroutines', () => 1],
    ];
    for (const [id, f] of wanted) {
      const [va, vb] = [sum(rows(a), f), sum(rows(b), f)];
      if (id.startsWith('block:') && va === 0 && vb === 0) continue;
      expect([id, of(id)?.a, of(id)?.b, of(id)?.difference]).toEqual([id, va, vb, vb - va]);
    }
  });

  it('joins functions by name', async () => {
    const found = await compare(a, b);
    // These are held against the goldens by the checks of `goroutines`.
    const groups = async (name: string) =>
      JSON.parse(await answerTo('goroutines', '--groups', trace(name))) as { name: string; exec: number }[];
    const [ofA, ofB] = [await groups(a), await groups(b)];
    const names = new Set([...ofA, ...ofB].map((g) => g.name));
    expect(found.functions.map((f) => f.name).sort()).toEqual([...names].sort());
    for (const f of found.functions) {
      expect(f.a?.execNanos ?? null).toBe(ofA.find((g) => g.name === f.name)?.exec ?? null);
      expect(f.b?.execNanos ?? null).toBe(ofB.find((g) => g.name === f.name)?.exec ?? null);
      expect(f.only).toBe(f.a === null ? 'b' : f.b === null ? 'a' : null);
    }
  });
});

describe('F155: compare', () => {
  it('a trace with itself is all zeros and ratio 1', async () => {
    const found = await compare('go1.26-tasks', 'go1.26-tasks');
    for (const m of found.measures.filter((m) => m.a !== null))
      expect([m.id, m.difference, m.ratio]).toEqual([m.id, 0, 1]);
    for (const rows of Object.values(found.profiles)) for (const r of rows) expect(r.differenceNanos).toBe(0);
    for (const r of found.regions) expect([r.differenceNanos, r.test?.isMoreThanNoise ?? false]).toEqual([0, false]);
    expect(found.sentences).toHaveLength(1);
  });

  it('F157: divides by the second of trace, or by the task', async () => {
    const plain = await compare('go1.19-tasks', 'go1.26-tasks');
    const value = (c: Comparison, id: string, side: 'a' | 'b'): number =>
      c.measures.find((m) => m.id === id)?.[side] ?? NaN;
    const bySecond = await compare('go1.19-tasks', 'go1.26-tasks', '--normalise', 'duration');
    const seconds = value(plain, 'duration', 'b') / 1e9;
    expect(value(bySecond, 'exec', 'b')).toBeCloseTo(value(plain, 'exec', 'b') / seconds, 3);
    expect(value(bySecond, 'duration', 'b')).toBe(value(plain, 'duration', 'b'));
    const byTask = await compare('go1.19-tasks', 'go1.26-tasks', '--normalise', 'tasks');
    expect(value(byTask, 'exec', 'a')).toBeCloseTo(value(plain, 'exec', 'a') / value(plain, 'tasks', 'a'), 3);
  });

  it('F158: compares ranges, also of one trace', async () => {
    const found = await compare(
      'go1.26-gcheavy',
      'go1.26-gcheavy',
      '--range-a',
      '0..100000',
      '--range-b',
      '100000..300000',
    );
    expect(found.measures.find((m) => m.id === 'duration')).toMatchObject({ a: 100000, b: 200000 });
  });

  it('the changed thing ranks first: workers that take turns, and workers with a buffer', async () => {
    const found = await compare('go1.26-fractal-workers', 'go1.26-fractal-workersbuf');
    expect(found.functions[0]?.name).toBe('main.fillWorkers.func1');
  });

  it('the changed thing ranks first: a lock that is held twice as long', async () => {
    const found = JSON.parse(await answerTo('compare', pair('hold-1'), pair('hold-2'))) as Comparison;
    expect(found.functions[0]?.name).toBe('main.holdLock');
    expect(found.profiles['sync']?.[0]?.functions).toEqual(['sync.(*Mutex).Lock', 'main.holdLock']);
    expect(found.sentences[0]).toMatch(/^Waiting \(sync\) rose .*, most of it in main\.holdLock\.$/);
    const sync = found.measures.find((m) => m.id === 'block:sync');
    expect(sync?.change).toBe('worse');
    expect(sync?.ratio).toBeGreaterThan(1.5);
    expect(sync?.ratio).toBeLessThan(2.5);
  });

  it('the changed thing is told: the collector off, and on', async () => {
    const found = JSON.parse(await answerTo('compare', pair('gc-off'), pair('gc-on'))) as Comparison;
    const of = (id: string) => found.measures.find((m) => m.id === id);
    expect(of('gc-cycles')).toMatchObject({ a: 0 });
    expect(of('gc-cycles')?.b).toBeGreaterThan(0);
    for (const id of ['gc-share', 'gc-assist', 'mmu-1ms']) expect([id, of(id)?.change]).toEqual([id, 'worse']);
    expect(found.sentences.slice(0, 2).join(' ')).toContain('Processor time of the collector rose from 0');
    expect(found.functions[0]?.name).toMatch(/^runtime\.(bgsweep|gcBgMarkWorker)$/);
  });

  it('tells how long one wait for a processor was, by quantiles', async () => {
    const found = await compare('go1.26-fractal-workers', 'go1.26-fractal-workersbuf');
    const of = (id: string, side: 'a' | 'b'): number => found.measures.find((m) => m.id === id)?.[side] ?? NaN;
    for (const side of ['a', 'b'] as const) {
      const q = ['p50', 'p90', 'p99', 'p999', 'max'].map((x) => of(`sched-latency-${x}`, side));
      expect(q).toEqual([...q].sort((x, y) => x - y));
      expect(q[0]).toBeGreaterThan(0);
    }
  });

  it('F155: lines that moved do not break the join: stacks of one program, by two releases of Go', async () => {
    interface Told {
      readonly frames: readonly { readonly line: number }[];
    }
    const found = JSON.parse(await answerTo('compare', trace('go1.24-locks'), trace('go1.26-locks'))) as {
      profiles: { sync: { functions: string[]; only: string | null; a: Told | null; b: Told | null }[] };
    };
    const wait = found.profiles.sync.filter((s) => s.functions.join(' ') === 'sync.(*WaitGroup).Wait main.main');
    expect(wait).toHaveLength(1);
    const [{ only, a, b } = {}] = wait;
    expect(only).toBeNull();
    const lines = [a, b].map((side) => side!.frames.map((f) => f.line));
    expect(lines[0]![0]).not.toBe(lines[1]![0]);
    expect(lines[0]![1]).toBe(lines[1]![1]);
  });

  it('functions that were renamed are paired by hand', async () => {
    const found = await compare(
      'go1.26-fractal-workers',
      'go1.26-fractal-pixel',
      '--renamed',
      'main.fillWorkers.func1=main.fillPixel.func1',
    );
    expect(
      found.functions.filter((f) => f.name.endsWith('.func1') && f.name.startsWith('main.fill')).map((f) => f.only),
    ).toEqual([null]);
  });

  it('takes a series of runs', async () => {
    const runs = ['go1.26-fractal-seq', 'go1.26-fractal-col', 'go1.26-fractal-pixel'].map(trace);
    const found = JSON.parse(await answerTo('compare', ...runs)) as {
      files: string[];
      measures: { values: number[] }[];
    };
    expect(found.files).toEqual(runs);
    for (const m of found.measures) expect(m.values).toHaveLength(3);
  });

  it('names the file that cannot be read', async () => {
    const end = await ask('compare', trace('go1.26-tasks'), tracePath('traces', 'none'));
    expect(end.code).toBe(1);
    expect(end.err).toContain('none');
  });
});
