import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { OpenedTrace } from '../../contract/shell-api';
import { checkFile, displayDirectory, OpenTraces } from './open-trace';

const dir = mkdtempSync(path.join(tmpdir(), 'open-trace-'));
const file = (name: string, content: string): string => {
  const p = path.join(dir, name);
  writeFileSync(p, content);
  return p;
};

test('the home folder is written as ~', () => {
  expect(displayDirectory('/home/gopher/src/a.trace', '/home/gopher')).toBe('~/src');
  expect(displayDirectory('/home/gopher/a.trace', '/home/gopher')).toBe('~');
  expect(displayDirectory('/home/gophers/a.trace', '/home/gopher')).toBe('/home/gophers');
});

describe('a file is looked at before it is opened', () => {
  test('good', async () => {
    expect(await checkFile(file('good.trace', 'go 1.26 trace'))).toEqual({ sizeBytes: 13, error: null });
  });
  test.each([
    ['NOT_FOUND', () => path.join(dir, 'nothing.trace')],
    ['NOT_FOUND', () => path.join(file('plain', 'x'), 'inside.trace')],
    ['IS_DIRECTORY', () => dir],
    ['EMPTY', () => file('empty.trace', '')],
    ['IO', () => '/dev/null'],
  ])('%s', async (code, make) => {
    expect((await checkFile(make())).error?.code).toBe(code);
  });
  // The superuser may read everything, so this can only be seen as somebody else.
  test.skipIf(process.getuid?.() === 0)('NO_PERMISSION', async () => {
    const p = file('secret.trace', 'x');
    chmodSync(p, 0);
    expect((await checkFile(p)).error?.code).toBe('NO_PERMISSION');
  });
});

describe('open traces', () => {
  let log: string[];
  let traces: OpenTraces;
  beforeEach(() => {
    log = [];
    const name = (t: OpenedTrace): string =>
      `${t.traceId}:${t.fileName}${t.error ? `:${t.error.code}` : t.starting ? '' : ':front'}`;
    traces = new OpenTraces({
      startEngine: (t) => log.push(`engine ${name(t)}`),
      stopEngine: (id) => log.push(`stop ${id}`),
      watchFile: () => Promise.resolve(false),
      unwatchFile: (id) => log.push(`unwatch ${id}`),
      announce: (t) => log.push(`tab ${name(t)}`),
      remember: (t) => log.push(`recent ${name(t)}`),
    });
  });

  test('two files are two tabs, each with an engine', async () => {
    await traces.openPaths([file('a.trace', 'x'), file('b.trace', 'x')]);
    expect(log).toEqual([
      'tab 1:a.trace',
      'engine 1:a.trace',
      'recent 1:a.trace',
      'tab 2:b.trace',
      'engine 2:b.trace',
      'recent 2:b.trace',
    ]);
  });

  test('another trace of an open file gets a tab and an engine of its own, once', async () => {
    await traces.openPaths([file('a.trace', 'x')]);
    log.length = 0;
    await traces.openSection(1, 2);
    expect(log).toEqual(['tab 2:a.trace (part 2)', 'engine 2:a.trace (part 2)']);
    await traces.openSection(1, 2);
    expect(log.at(-1)).toBe('tab 2:a.trace (part 2):front');
    await traces.openSection(2, 1);
    expect(log.at(-1)).toBe('tab 1:a.trace:front');
    expect(traces.all().map((t) => t.section)).toEqual([1, 2]);
    await traces.openSection(99, 1);
    expect(traces.all()).toHaveLength(2);
  });

  test('a tab of the last session that is asked for while it comes back is one trace', async () => {
    const [a, b] = [file('a.trace', 'x'), file('b.trace', 'x')];
    const restored = traces.restorePaths([a, b]);
    await Promise.resolve();
    await Promise.all([restored, traces.openPaths([a]), traces.openPaths([b])]);
    expect(traces.all().map((t) => [t.path, t.asleep])).toEqual([
      [a, false],
      [b, false],
    ]);
    expect(log.filter((l) => l.startsWith('engine'))).toHaveLength(2);
  });

  test('a file that is open comes to the front and gets no second engine', async () => {
    const a = file('a.trace', 'x');
    await traces.openPaths([a, a]);
    expect(log.filter((l) => l.startsWith('engine'))).toHaveLength(1);
    expect(log.at(-1)).toBe('tab 1:a.trace:front');
  });

  test('a bad file is a tab without an engine; trying again keeps the tab', async () => {
    const late = path.join(dir, 'late.trace');
    rmSync(late, { force: true });
    await traces.openPaths([late]);
    expect(log).toEqual(['tab 1:late.trace:NOT_FOUND']);
    file('late.trace', 'x');
    await traces.reopen(1);
    expect(log.slice(1)).toEqual(['stop 1', 'tab 1:late.trace', 'engine 1:late.trace', 'recent 1:late.trace']);
  });

  test('ids are never used again', async () => {
    await traces.openPaths([file('a.trace', 'x')]);
    traces.close(1);
    await traces.openPaths([file('a.trace', 'x')]);
    expect(traces.all().map((t) => t.traceId)).toEqual([2]);
    expect(log).toContain('unwatch 1');
  });
});
