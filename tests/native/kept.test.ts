// What one question leaves in the cache folder for another, in another opening.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openTrace, quiet, tracePath, WHOLE } from './asked';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'tracewell-kept-'));
  vi.stubEnv('TRACEWELL_CACHE_DIR', cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

const kept = (): string[] => readdirSync(cache, { recursive: true }).map(String);

test('F155: a trace whose home page was looked at is compared without another pass, and says the same', async () => {
  // Large enough to be kept.
  const file = tracePath('go1.26-pprofsrv5');
  const before = await openTrace(file);
  await before.readHomeFigures(null, quiet);
  await vi.waitFor(() => expect(kept().some((f) => f.includes('digest'))).toBe(true), 10_000);

  const progress: number[] = [];
  const watched = { ...quiet, progress: (p: { done: number }) => void progress.push(p.done) };
  const again = await (await openTrace(file)).readDigest({ scope: WHOLE }, watched);
  expect(progress).toEqual([]);
  rmSync(cache, { recursive: true, force: true });
  expect(JSON.parse(again)).toEqual(JSON.parse(await (await openTrace(file)).readDigest({ scope: WHOLE }, quiet)));
});
