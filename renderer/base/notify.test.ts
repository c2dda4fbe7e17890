import { beforeEach, expect, test } from 'vitest';
import { clearNotices, endToast, MAX_NOTICES, notices, notify, notifyOf, toasts } from './notify';

beforeEach(clearNotices);

test('what is said stays to be read again when its toast is over', () => {
  const id = notify('Exported sync.pprof.');
  notify('A file was set aside.', { kind: 'warn', quiet: true });
  expect(toasts.value.map((t) => t.text)).toEqual(['Exported sync.pprof.']);
  endToast(id);
  expect(toasts.value).toEqual([]);
  expect(notices.value.map((n) => n.text)).toEqual(['A file was set aside.', 'Exported sync.pprof.']);
});

test('the same words are one toast; the panel has an end', () => {
  for (let i = 0; i < MAX_NOTICES + 5; i++) notify('Copied.');
  expect([toasts.value.length, notices.value.length]).toEqual([1, MAX_NOTICES]);
});

test('work says how it ended', async () => {
  expect(await notifyOf(Promise.resolve(3), (n) => `${n} rows copied.`, 'Not copied')).toBe(3);
  expect(await notifyOf(Promise.reject(new Error('disk full')), () => '', 'Not saved')).toBeNull();
  expect(notices.value.map((n) => [n.kind, n.text])).toEqual([
    ['danger', 'Not saved: disk full'],
    ['done', '3 rows copied.'],
  ]);
});
