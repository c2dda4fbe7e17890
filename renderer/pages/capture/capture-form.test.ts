import { expect, test } from 'vitest';
import { emptyFields, fieldErrors, requestOf } from './capture-form';

test('the fields as they come can be started', () => {
  expect(fieldErrors(emptyFields())).toEqual({});
  expect(requestOf(emptyFields())).toEqual({
    source: { kind: 'pprof', url: 'http://localhost:6060', seconds: 5, withCpuSamples: true },
    limits: { maxBytes: 2 ** 30, maxSeconds: 600 },
  });
});

test('what is wrong is said at its field, and only for the kind that is asked for', () => {
  expect(fieldErrors({ ...emptyFields(), address: ' ', seconds: 0 })).toHaveProperty('address');
  expect(Object.keys(fieldErrors({ ...emptyFields(), kind: 'url', headers: 'no header' }))).toEqual(['url', 'headers']);
  expect(Object.keys(fieldErrors({ ...emptyFields(), kind: 'program', command: './x' }))).toEqual([
    'directory',
    'command',
  ]);
  expect(fieldErrors({ ...emptyFields(), seconds: 1.5 })).toHaveProperty('seconds');
});

test('headers are lines of name and value', () => {
  const f = { ...emptyFields(), kind: 'url' as const, url: 'http://x/', headers: 'A: b: c\n\n X-Y :z ' };
  expect(requestOf(f).source).toMatchObject({
    headers: [
      { name: 'A', value: 'b: c' },
      { name: 'X-Y', value: 'z' },
    ],
  });
});
