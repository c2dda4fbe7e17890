import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { askCache } from './cache-helper';

class Helper extends EventEmitter {
  killed = false;
  kill(): boolean {
    this.killed = true;
    return true;
  }
}
const ask = (helper: Helper) => askCache('usage', () => helper as never);

test('F20: the helper is asked once and ended', async () => {
  const helper = new Helper();
  const usage = ask(helper);
  helper.emit('message', { folder: '/c', sizeBytes: 5, fileCount: 1 });
  expect(await usage).toEqual({ folder: '/c', sizeBytes: 5, fileCount: 1 });
  expect(helper.killed).toBe(true);
});

test.each([
  ['message', { error: 'Some of the cache could not be removed.' }, /could not be removed/],
  ['message', 'nonsense', /could not be looked at/],
  ['exit', 9, /code 9/],
])('%s %j is an error in words', async (event, value, words) => {
  const helper = new Helper();
  const usage = ask(helper);
  helper.emit(event, value);
  await expect(usage).rejects.toThrow(words);
});
