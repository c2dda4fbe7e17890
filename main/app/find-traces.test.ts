import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findTraces } from './find-traces';

const tiny = path.resolve(__dirname, '../../tests/fixtures/traces/go1.22-tiny.trace');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tw-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, mtime: number): void => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  copyFileSync(tiny, file);
  utimesSync(file, mtime, mtime);
};

test('F8: a folder offers the traces inside, by their first bytes, newest first', async () => {
  put('old.out', 1000);
  put('pkg/deep/no-extension', 3000);
  put('pkg/run.trace', 2000);
  put('.hidden/x.trace', 4000);
  // Half of a trace, as a capture that was killed leaves it.
  put('.run.trace.0123abcd.tracewell-part', 4000);
  put('node_modules/x.trace', 4000);
  writeFileSync(path.join(folder, 'text.trace'), 'go home');
  symlinkSync(folder, path.join(folder, 'circle'));
  const found = await findTraces(folder);
  expect(found.traces.map((t) => t.name)).toEqual([
    path.join('pkg', 'deep', 'no-extension'),
    path.join('pkg', 'run.trace'),
    'old.out',
  ]);
  expect(found.isComplete).toBe(true);
  expect(found.traces[0]?.sizeBytes).toBeGreaterThan(0);
});

test('a folder that is too deep says that there may be more', async () => {
  put('1/2/3/4/5/far.trace', 1000);
  expect(await findTraces(folder)).toMatchObject({ traces: [], isComplete: false });
});

test('a folder that cannot be read is empty', async () => {
  expect((await findTraces(path.join(folder, 'none'))).traces).toEqual([]);
});
