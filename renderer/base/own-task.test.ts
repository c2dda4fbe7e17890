import { expect, it } from 'vitest';
import { busyReasons, idle } from './idle';
import { inOwnTask, ownTask } from './own-task';

it('pieces of work run one a task, in their order, and the page is busy until the last is done', async () => {
  const said: string[] = [];
  for (const name of ['a', 'b', 'c'])
    inOwnTask(name, () => {
      said.push(name);
      // What follows in the same task runs before the next piece.
      queueMicrotask(() => said.push(`after ${name}`));
    });
  expect(busyReasons()).toEqual(['a', 'b', 'c']);
  expect(said).toEqual([]);
  await idle();
  expect(said).toEqual(['a', 'after a', 'b', 'after b', 'c', 'after c']);
});

it('what is taken back does not run, what is asked for twice runs once', async () => {
  const said: string[] = [];
  const takeBack = inOwnTask('never', () => said.push('never'));
  const once = ownTask('once', () => said.push('once'));
  once.request();
  once.request();
  takeBack();
  inOwnTask('last', () => said.push('last'));
  await idle();
  expect(said).toEqual(['once', 'last']);
  once.request();
  once.cancel();
  await idle();
  once.request();
  await idle();
  expect(said).toEqual(['once', 'last', 'once']);
  expect(busyReasons()).toEqual([]);
});
