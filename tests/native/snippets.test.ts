// What the page Capture tells people to write into their programs, compiled and run, where Go is installed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SNIPPETS } from '../../renderer/pages/capture/snippets';
import { verb } from './asked';

/** Since 1.25 there is a flight recorder. */
const OLDEST_MINOR = 25;
const goMinor = ((): number => {
  try {
    return Number(/go1\.(\d+)/.exec(execFileSync('go', ['version']).toString())?.[1]);
  } catch {
    return 0;
  }
})();

/** The snippet that stands by itself, and those that stand in a function, with what they need around them. */
const program = (imports: readonly string[], body: string): string =>
  `package main\n\nimport (\n${imports.map((i) => `\t"${i}"\n`).join('')})\n\nfunc main() {\n${body}\n}\n`;
const [server, own, recorder] = SNIPPETS.map((s) => s.code) as [string, string, string];

describe.skipIf(goMinor < OLDEST_MINOR)('F12: the snippets of the page Capture', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'tracewell-snippets-'));
    writeFileSync(path.join(dir, 'go.mod'), `module example.com/s\n\ngo 1.${OLDEST_MINOR}\n`);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const go = (...words: string[]): string =>
    execFileSync('go', words, { cwd: dir, encoding: 'utf8', env: { ...process.env, GOTOOLCHAIN: 'local' } });

  test.each([
    ['a server', `package main\n\n${server}\n\nfunc main() {}\n`],
    ['a flight recorder', program(['net/http', 'runtime/trace', 'time'], recorder)],
  ])('%s compiles', { timeout: 120_000 }, (_what, text) => {
    writeFileSync(path.join(dir, 'main.go'), text);
    expect(go('vet', '.')).toBe('');
  });

  test('a program that traces itself writes a whole trace', { timeout: 120_000 }, () => {
    writeFileSync(path.join(dir, 'main.go'), program(['log', 'os', 'runtime/trace'], own));
    go('run', '.');
    expect(verb<{ go: string; damage: unknown }>('info', path.join(dir, 'trace.out'))).toMatchObject({
      go: `1.${goMinor}`,
      damage: null,
    });
  });
});
