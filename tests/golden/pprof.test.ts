// Profiles that are written for pprof are read back by `go tool pprof` itself, where Go is installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerTo, goldenText, tracePath } from './corpus';

const hasGo = spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;
/** Old and new formats, and CPU samples. */
const NAMES = ['go1.11-locks', 'go1.19-tasks', 'go1.22-netsys', 'go1.26-locks'];

interface Part {
  readonly count: number;
  readonly delay_ns: number;
}
type Goldens = Record<string, { readonly ended: Part }>;

let dir: string;
beforeAll(() => void (dir = mkdtempSync(path.join(tmpdir(), 'tracewell-pprof-'))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const pprof = (...words: readonly string[]): string =>
  execFileSync('go', ['tool', 'pprof', ...words], { encoding: 'utf8', env: { ...process.env, PPROF_TMPDIR: dir } });

/** Count and time of all samples, as pprof prints them when it prints everything. */
function sumsOf(file: string): readonly [number, number] {
  const samples = pprof('-raw', file).matchAll(/^\s+(\d+)\s+(\d+): /gm);
  let [count, nanos] = [0, 0];
  for (const [, n, ns] of samples) [count, nanos] = [count + Number(n), nanos + Number(ns)];
  return [count, nanos];
}

describe.skipIf(!hasGo)('F109: F110: go tool pprof reads what `pprof TYPE` and `-pprof=TYPE` write', () => {
  test.each(NAMES)('%s', async (name) => {
    const { profiles } = JSON.parse(goldenText(name, '.right.json')!) as { profiles: Goldens };
    for (const kind of ['net', 'sync', 'syscall', 'sched']) {
      const { ended } = profiles[kind]!;
      const file = path.join(dir, `${name}-${kind}.pprof`);
      await answerTo('pprof', kind, tracePath('traces', name), '-o', file);
      expect(sumsOf(file), `${name} ${kind}`).toEqual([ended.count, ended.delay_ns]);
      if (ended.delay_ns === 0) continue;
      const top = pprof('-top', '-nodefraction=0', '-sample_index=delay', '-unit=ns', file);
      expect(top).toMatch(/^Type: delay$/m);
      // All of the time is in the list, to the nanosecond.
      expect(top).toMatch(new RegExp(`of ${ended.delay_ns}ns total`));
    }
  });
});

test.skipIf(!hasGo)('F159: go tool pprof -diff_base of both sides says what our comparison says', async () => {
  const sides = ['hold-1', 'hold-2'].map((name) => tracePath('pairs', name));
  const files = sides.map((_s, i) => path.join(dir, `side-${i}.pprof`));
  for (const [i, side] of sides.entries()) await answerTo('pprof', 'sync', side, '-o', files[i]!);
  const { profiles } = JSON.parse(await answerTo('compare', ...sides)) as {
    profiles: { sync: { functions: string[]; differenceNanos: number; differenceCount: number }[] };
  };
  const ours = new Map<string, number>();
  // Leaves are what pprof calls flat.
  for (const { functions, differenceNanos } of profiles.sync)
    ours.set(functions[0]!, (ours.get(functions[0]!) ?? 0) + differenceNanos);
  const words = ['-top', '-nodefraction=0', '-edgefraction=0', '-nodecount=1000', '-sample_index=delay', '-unit=ns'];
  const top = pprof(...words, '-diff_base', files[0]!, files[1]!);
  const theirs = new Map<string, number>();
  for (const [, flat, name] of top.matchAll(/^\s*(-?\d+)(?:ns)?\s+\S+%\s+\S+%\s+\S+\s+\S+%\s+(.+)$/gm))
    if (Number(flat) !== 0) theirs.set(name!, Number(flat));
  expect(theirs.size).toBeGreaterThan(0);
  expect(theirs).toEqual(new Map([...ours].filter(([, nanos]) => nanos !== 0)));
});
