import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../contract/settings';
import { makeReport } from './report';

const app = {
  name: 'Tracewell',
  version: '1.2.3',
  electron: '45.0.0',
  chrome: '150',
  node: '24',
  os: 'Linux x64',
  runtimeNote: null,
};

test('E6.3: a report has versions, settings and the log, and neither paths of the user nor names of traces', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'tw-report-'));
  const logFile = path.join(dir, 'tracewell.log');
  writeFileSync(logFile, '2026-01-01 started\n2026-01-01 could not write /home/ann/x\n');
  const text = await makeReport({
    app,
    settings: {
      ...DEFAULT_SETTINGS,
      editor: 'custom',
      editorCommand: 'secret-editor {file}',
      sourceMappings: [{ from: '/ci/secret', to: '/home/ann/secret' }],
    },
    logFile,
    traceSizes: [2 * 2 ** 20, null],
    nowMs: 0,
    home: '/home/ann',
  });
  for (const part of [
    'Tracewell 1.2.3',
    'Electron 45.0.0',
    'Linux x64',
    '1 source mappings',
    '2.0 MiB, unknown',
    'could not write ~/x',
  ])
    expect(text).toContain(part);
  expect(text).not.toMatch(/secret|ann/);
  rmSync(dir, { recursive: true });
});

test('a long log is cut at a line, and a report works without one', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'tw-report-'));
  const logFile = path.join(dir, 'tracewell.log');
  writeFileSync(logFile, Array.from({ length: 20_000 }, (_v, i) => `line ${i}`).join('\n'));
  const parts = { app, settings: DEFAULT_SETTINGS, logFile, traceSizes: [], nowMs: 0, home: '' };
  const text = await makeReport(parts);
  expect(text).toContain('line 19999');
  expect(text).not.toContain('line 1\n');
  expect(text).toMatch(/\(the last 64 KiB of \d+\)\nline \d+\n/);
  expect(await makeReport({ ...parts, logFile: path.join(dir, 'none') })).toContain('there is no log');
  rmSync(dir, { recursive: true });
});
