import { expect, it } from 'vitest';
import { openedWhen } from './opened-when';

const at = (...args: [number, number, number, number?, number?, number?]): number => new Date(...args).getTime();
const now = at(2026, 10, 22, 12, 0, 0);

it.each([
  [at(2026, 10, 22, 11, 59, 30), 'just now'],
  [at(2026, 10, 22, 11, 57, 0), '3 min ago'],
  [at(2026, 10, 22, 0, 5, 0), 'today 00:05'],
  [at(2026, 10, 21, 23, 59, 0), 'yesterday'],
  [at(2026, 10, 20, 23, 59, 0), '20 Nov'],
  [at(2025, 11, 31, 12, 0, 0), '31 Dec 2025'],
  [now + 5000, 'just now'],
])('%d is %s', (ms, text) => {
  expect(openedWhen(ms, now)).toBe(text);
});

it('counts minutes over midnight', () => {
  expect(openedWhen(at(2026, 10, 21, 23, 50, 0), at(2026, 10, 22, 0, 10, 0))).toBe('20 min ago');
});
