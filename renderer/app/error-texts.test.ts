import { expect, it } from 'vitest';
import { ERROR_CODES } from '../../contract/errors';
import { codeParts, ERROR_TEXTS, errorDetails } from './error-texts';

it('has a heading, a reason and something to do for every code', () => {
  for (const code of ERROR_CODES) {
    const t = ERROR_TEXTS[code];
    expect(
      [t.title, t.why, t.remedies[0]].every((s) => s !== undefined && s.length >= 9),
      code,
    ).toBe(true);
    for (const s of [t.why, ...t.causes, ...t.remedies]) expect(s.split('`').length % 2, s).toBe(1);
  }
});

it('gives a report everything that is known', () => {
  const trace = {
    traceId: 1,
    path: '/t/a.trace',
    section: 1,
    binary: null,
    fileName: 'a.trace',
    directory: '/t',
    sizeBytes: 162_490,
    error: null,
    replaced: false,
    asleep: false,
    starting: false,
  };
  const app = {
    name: 'Tracewell',
    version: '0.1.0',
    electron: '45.0.0',
    chrome: '',
    node: '',
    os: 'Linux',
    runtimeNote: null,
  };
  expect(
    errorDetails(trace, { code: 'TRUNCATED', message: 'It ends.', offsetBytes: 162_000 }, app).split('\n'),
  ).toEqual([
    'code   TRUNCATED',
    'says   It ends.',
    'where  byte 162,000 of 162,490 bytes',
    'file   /t/a.trace (162,490 bytes)',
    'by     Tracewell 0.1.0, Electron 45.0.0, Linux',
  ]);
  expect(
    errorDetails({ ...trace, sizeBytes: null }, { code: 'NOT_FOUND', message: 'Gone.', offsetBytes: null }, null),
  ).toBe('code   NOT_FOUND\nsays   Gone.\nfile   /t/a.trace');
});

it('splits code from text', () => {
  expect(codeParts('use `go` now')).toEqual([
    { text: 'use ', code: false },
    { text: 'go', code: true },
    { text: ' now', code: false },
  ]);
});
