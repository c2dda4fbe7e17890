import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TookTooLong, within } from './time-limit';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<never>(() => undefined);

test('what is done in time is handed on, errors too, and no timer stays', async () => {
  expect(await within(5, Promise.resolve('picture'), () => Promise.resolve('?'))).toBe('picture');
  await expect(within(5, Promise.reject(new Error('no window')), () => Promise.resolve('?'))).rejects.toThrow(
    'no window',
  );
  expect(vi.getTimerCount()).toBe(0);
});

test('what is late ends with a sentence that says what it stood at', async () => {
  const late = within(5, never, () => Promise.resolve('the page still waits for: tiles'));
  const told = expect(late).rejects.toThrow(
    new TookTooLong('there was none within 5 s: the page still waits for: tiles'),
  );
  await vi.advanceTimersByTimeAsync(4999);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  await told;
});

test.each([
  ['that hangs', () => never],
  ['that fails', () => Promise.reject(new Error('gone'))],
])('a page %s as well is not waited for', async (_name, where) => {
  const told = expect(within(1, never, where)).rejects.toThrow('it does not answer any more');
  await vi.advanceTimersByTimeAsync(1000 + 2000);
  await told;
});
