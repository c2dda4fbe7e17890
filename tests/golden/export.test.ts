import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { answerTo, ask, goldenText, tracePath } from './corpus';

/** What `go tool trace` 1.26.8 answers at /jsontrace: rows of the processor view. */
interface Wanted {
  readonly rows: readonly { readonly name: string; readonly slices: number; readonly slices_us: number }[];
  readonly max: Readonly<Record<'Runnable' | 'GCWaiting' | 'Allocated', number>>;
  readonly samples: number;
}
interface ChromeEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly id?: number;
  readonly sf?: number;
  readonly esf?: number;
  readonly args?: Readonly<Record<string, number | string>>;
}
interface ChromeTrace {
  readonly traceEvents: readonly ChromeEvent[];
  readonly stackFrames: Readonly<Record<string, { readonly name: string; readonly parent?: string }>>;
}

const wanted = JSON.parse(readFileSync(path.join(__dirname, 'export-answers.json'), 'utf8')) as Record<string, Wanted>;
const folder = mkdtempSync(path.join(tmpdir(), 'tracewell-export-'));
afterAll(() => rmSync(folder, { recursive: true }));
let made = 0;

async function exported(name: string, ...words: string[]): Promise<string> {
  const out = path.join(folder, `out-${++made}`);
  await answerTo('export', tracePath('traces', name), ...words, '-o', out);
  return readFileSync(out, 'utf8');
}

const perfetto = async (name: string, ...words: string[]): Promise<ChromeTrace> =>
  JSON.parse(await exported(name, '--to', 'perfetto', ...words)) as ChromeTrace;

/** Records of a CSV file by its head. Fields hold no line ends in these tests' traces. */
function records(text: string): Record<string, string>[] {
  const lines = text.trimEnd().split('\n').map(fields);
  const head = lines[0]!;
  return lines.slice(1).map((line) => {
    expect(line.length).toBe(head.length);
    return Object.fromEntries(head.map((name, i) => [name, line[i]!]));
  });
}

function fields(line: string): string[] {
  const out: string[] = [];
  for (const [, quoted, bare] of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    out.push(quoted === undefined ? bare! : quoted.replaceAll('""', '"'));
  }
  return out;
}

/** Slices that cross each other on a row cannot be drawn. */
function crossings(events: readonly ChromeEvent[]): number {
  const rows = new Map<number, ChromeEvent[]>();
  for (const e of events.filter((e) => e.ph === 'X')) rows.set(e.tid, [...(rows.get(e.tid) ?? []), e]);
  let crossed = 0;
  for (const row of rows.values()) {
    // Stable: of two that begin together, the first in the file is the outer one.
    const open: number[] = [];
    for (const e of row.sort((a, b) => a.ts - b.ts)) {
      const end = Math.round((e.ts + e.dur!) * 1000);
      while (open.length > 0 && open.at(-1)! <= Math.round(e.ts * 1000)) open.pop();
      if (open.length > 0 && end > open.at(-1)!) crossed++;
      open.push(end);
    }
  }
  return crossed;
}

/** Runs whose goroutine was made runnable by someone on a processor, counted from the reference reader's dump. */
function flowsOf(name: string): number {
  const woken = new Map<number, boolean>();
  let flows = 0;
  for (const line of goldenText(name, '.events.jsonl')!.trimEnd().split('\n')) {
    const e = JSON.parse(line) as { p: number; g: number; res?: string; id?: number; from?: string; to?: string };
    if (e.res !== 'Goroutine' || e.from === undefined || e.from === e.to) continue;
    const byOther = e.from === 'Waiting' && e.g !== e.id;
    const made = e.from === 'NotExist' && (e.to === 'Runnable' || e.to === 'Waiting');
    if ((byOther || made) && e.p >= 0) woken.set(e.id!, true);
    if (e.to === 'Running' && woken.delete(e.id!) && e.p >= 0) flows++;
    if (e.to === 'NotExist') woken.delete(e.id!);
  }
  return flows;
}

const isWorkerLabel = (e: ChromeEvent): boolean => /^GC \((dedicated|fractional|idle)\)$/.test(e.name);

describe('F165: the timeline for Perfetto holds what the reference answers', () => {
  it.each(Object.keys(wanted))('%s', async (name) => {
    const want = wanted[name]!;
    const { traceEvents: events, stackFrames } = await perfetto(name);
    const rowNames = new Map(
      events.filter((e) => e.name === 'thread_name').map((e) => [String(e.args!['name']), e.tid]),
    );
    for (const row of want.rows) {
      // Labels of mark workers are slices of their own here, and a part of the goroutine's name there.
      const slices = events.filter((e) => e.ph === 'X' && e.tid === rowNames.get(row.name) && !isWorkerLabel(e));
      expect([row.name, slices.length]).toEqual([row.name, row.slices]);
      expect(slices.reduce((sum, e) => sum + e.dur!, 0)).toBeCloseTo(row.slices_us, 2);
    }
    const starts = events.filter((e) => e.ph === 's');
    expect(starts.length).toBe(flowsOf(name));
    expect(events.filter((e) => e.ph === 'f').map((e) => e.id)).toEqual(starts.map((e) => e.id));
    const most = (counter: string, value: string): number =>
      Math.max(...events.filter((e) => e.ph === 'C' && e.name === counter).map((e) => Number(e.args![value])));
    expect(most('Goroutines', 'Runnable')).toBe(want.max.Runnable);
    expect(most('Goroutines', 'GCWaiting')).toBe(want.max.GCWaiting);
    expect(most('Heap', 'Allocated')).toBe(want.max.Allocated);
    expect(events.filter((e) => e.name === 'CPU profile sample').length).toBe(want.samples);
    expect(crossings(events)).toBe(0);
    for (const e of events) {
      for (const frame of [e.sf, e.esf]) if (frame !== undefined) expect(stackFrames[frame]).toBeDefined();
    }
  });

  it('tasks and regions are asynchronous slices that begin and end', async () => {
    const { traceEvents: events } = await perfetto('go1.26-tasks');
    const dump = goldenText('go1.26-tasks', '.events.jsonl')!;
    const count = (kind: string): number => dump.split(`"k":"${kind}"`).length - 1;
    const begins = events.filter((e) => e.ph === 'b');
    expect(begins.length).toBe(count('TaskBegin') + count('RegionBegin'));
    expect(events.filter((e) => e.ph === 'e').length).toBe(begins.length);
    expect(events.filter((e) => e.ph === 'i' && !e.name.startsWith('proc ')).length).toBe(count('Log'));
  });

  it('a window holds what touches it, cut at its ends', async () => {
    const [from, to] = [1_000_000, 3_000_000];
    const all = (await perfetto('go1.26-tasks')).traceEvents.filter((e) => e.ph === 'X');
    const some = (await perfetto('go1.26-tasks', '--from', String(from), '--to', String(to))).traceEvents;
    const within = all.filter((e) => e.ts * 1000 <= to && (e.ts + e.dur!) * 1000 >= from);
    expect(some.filter((e) => e.ph === 'X').length).toBe(within.length);
    const times = some.filter((e) => e.ph !== 'M').flatMap((e) => [e.ts * 1000, (e.ts + (e.dur ?? 0)) * 1000]);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(from - 0.5);
    expect(Math.max(...times)).toBeLessThanOrEqual(to + 0.5);
  });
});

describe('F164: tables as CSV', () => {
  it('events: a line for each, with its fields', async () => {
    const rows = records(await exported('go1.26-tasks', '--to', 'csv'));
    const dump = goldenText('go1.26-tasks', '.events.jsonl')!.trimEnd().split('\n');
    const want = dump.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.length).toBe(want.length);
    const text = (v: unknown): string =>
      v === undefined || v === null || v === -1 ? '' : String(v as string | number);
    for (const [i, row] of rows.entries()) {
      const e = want[i]!;
      expect([row['i'], row['t_ns'], row['p'], row['g'], row['kind']]).toEqual(
        [e['i'], e['t'], e['p'], e['g'], e['k']].map(text),
      );
      expect([row['reason'], row['name'], row['category'], row['message']]).toEqual(
        [e['reason'], e['name'], e['cat'], e['msg']].map(text),
      );
      expect(row['stack']).toBe(((e['stack'] as string[] | undefined) ?? []).join(';'));
    }
  });

  it('events that a query finds', async () => {
    const rows = records(await exported('go1.26-tasks', '--to', 'csv', '--find', 'kind:Log cat:card'));
    expect(rows.length).toBe(40);
    expect(new Set(rows.map((r) => r['category']))).toEqual(new Set(['card']));
  });

  it.each(['goroutines', 'tasks', 'regions'])('%s: the figures of the verb', async (what) => {
    const answer = await answerTo(what, tracePath('traces', 'go1.26-tasks'));
    const want =
      what === 'goroutines'
        ? answer
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as Record<string, unknown>)
        : (JSON.parse(answer) as Record<string, Record<string, unknown>[]>)[what]!;
    const rows = records(await exported('go1.26-tasks', '--to', 'csv', '--what', what));
    expect(rows.length).toBe(want.length);
    for (const [i, row] of rows.entries()) {
      for (const [key, value] of Object.entries(want[i]!)) {
        const cell = row[key] ?? row[`${key}_ns`];
        if (typeof value === 'number' && cell !== undefined) expect([i, key, cell]).toEqual([i, key, String(value)]);
        if (key !== 'block') continue;
        for (const [reason, nanos] of Object.entries(value as Record<string, number>)) {
          expect(row[`block ${reason || '(no reason)'} ns`]).toBe(String(nanos));
        }
      }
    }
  });

  it('stacks of a profile, those that never ended too', async () => {
    const rows = records(await exported('go1.26-locks', '--to', 'csv', '--what', 'sync'));
    const verb = JSON.parse(await answerTo('profile', 'sync', tracePath('traces', 'go1.26-locks'))) as {
      delay_ns: number;
      still: { count: number };
    };
    const sum = (still: string, key: string): number =>
      rows.filter((r) => r['still'] === still).reduce((all, r) => all + Number(r[key]), 0);
    expect(sum('false', 'delay_ns')).toBe(verb.delay_ns);
    expect(sum('true', 'count')).toBe(verb.still.count);
  });

  it.each(['groups', 'task-types', 'region-types', 'gc', 'stw', 'net', 'syscall', 'sched', 'cpu'])(
    '%s has a head and fields for it',
    async (what) => {
      const rows = records(await exported('go1.26-gcheavy', '--to', 'csv', '--what', what));
      expect(rows.length).toBeGreaterThanOrEqual(['task-types', 'region-types', 'net', 'cpu'].includes(what) ? 0 : 1);
    },
  );
});

describe('F165: export writes whole files or none', () => {
  const trace = tracePath('traces', 'go1.26-tasks');

  it.each(['parquet', 'trace'])('--to %s is not due yet', async (to) => {
    const out = path.join(folder, 'never');
    const { code, err } = await ask('export', trace, '--to', to, '-o', out);
    expect(code).toBe(2);
    expect(err).toContain(`export --to ${to} is not due yet`);
    expect(existsSync(out)).toBe(false);
  });

  it('a file that is no trace leaves what was there', async () => {
    const [bad, out] = [path.join(folder, 'bad.trace'), path.join(folder, 'kept.csv')];
    writeFileSync(bad, 'not a trace at all, but long enough to have a header');
    writeFileSync(out, 'kept');
    const { code, err } = await ask('export', bad, '--to', 'csv', '-o', out);
    expect(code).toBe(1);
    expect(err).toMatch(/^tracewell: NOT_A_TRACE/);
    expect(readFileSync(out, 'utf8')).toBe('kept');
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('a folder that is not there is said', async () => {
    const { code, err } = await ask('export', trace, '--to', 'csv', '-o', path.join(folder, 'none/a.csv'));
    expect(code).toBe(1);
    expect(err).toMatch(/^tracewell: IO: .*a\.csv could not be written/);
  });

  it('wrong usage is said', async () => {
    for (const words of [
      ['--to', 'csv'],
      ['--to', 'csv', '--find', 'foo:1', '-o', 'x'],
      ['--to', 'perfetto', '--what', 'gc', '-o', 'x'],
    ]) {
      expect((await ask('export', trace, ...words)).code).toBe(2);
    }
  });
});
