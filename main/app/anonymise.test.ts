import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { nameOfCopy, runCli, saveAnonymised } from './anonymise';

const root = path.resolve(__dirname, '../..');
const cli = path.join(root, 'dist/native/tracewell');
const trace = { path: path.join(root, 'tests/fixtures/traces/go1.26-tasks.trace'), section: 1 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tw-anonymise-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('E6.2: a copy to be shown to others', () => {
  test('says first what stays in it, and has none of the names', async () => {
    const ask = vi.fn<(question: string) => Promise<boolean>>(() => Promise.resolve(true));
    const out = path.join(folder, 'copy.trace');
    const copy = await saveAnonymised(trace, {
      ask,
      chooseTarget: () => Promise.resolve(out),
      run: (args) => runCli(cli, args),
    });
    expect(ask.mock.lastCall?.[0]).toMatch(/What stays: times, ids/);
    expect(copy?.path).toBe(out);
    expect(copy?.replaced).toBeGreaterThan(10);
    expect(copy?.kept).toBeGreaterThan(10);
    expect(statSync(out).size).toBe(statSync(trace.path).size);
    // Every word of the program's own texts that the original has.
    const types = JSON.parse(execFileSync(cli, ['tasks', trace.path]).toString()) as { task_types: { name: string }[] };
    const own = new Set(types.task_types.flatMap((t) => t.name.split(/\W+/).filter((w) => w.length > 4)));
    expect(own.size).toBeGreaterThan(0);
    const [before, after] = [readFileSync(trace.path), readFileSync(out)];
    for (const word of own) expect([before.includes(word), after.includes(word)], word).toEqual([true, false]);
  });

  test('is not made when the answer is no, nor in place of the trace', async () => {
    const run = vi.fn(() => Promise.resolve('{}'));
    const parts = { ask: () => Promise.resolve(false), chooseTarget: () => Promise.resolve(trace.path), run };
    expect(await saveAnonymised(trace, parts)).toBeNull();
    await expect(saveAnonymised(trace, { ...parts, ask: () => Promise.resolve(true) })).rejects.toThrow('another name');
    expect(run).not.toHaveBeenCalled();
  });

  test('what the command line says is told', async () => {
    await expect(
      runCli(cli, ['anonymise', path.join(folder, 'none.trace'), '-o', path.join(folder, 'x')]),
    ).rejects.toThrow('none.trace');
  });

  test.each([
    ['a.trace', 'a-anonymous.trace'],
    ['a.trace.gz', 'a-anonymous.trace'],
    ['a.trace.zst', 'a-anonymous.trace'],
    ['trace', 'trace-anonymous.trace'],
    ['b.out', 'b-anonymous.out'],
  ])('%s becomes %s', (name, copy) => expect(nameOfCopy(name)).toBe(copy));
});
