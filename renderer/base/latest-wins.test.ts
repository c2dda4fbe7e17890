import { expect, it } from 'vitest';
import { LatestWins, SUPERSEDED } from './latest-wins';

/** A task that settles when the test says so, and that notes when it was started. */
function task(started: string[], name: string) {
  let settle!: (v: string) => void;
  const done = new Promise<string>((ok) => (settle = ok));
  return {
    settle: () => settle(name),
    start: () => {
      started.push(name);
      return done;
    },
  };
}

it('runs one at a time and only the newest of those that wait', async () => {
  const started: string[] = [];
  const [a, b, c] = ['a', 'b', 'c'].map((n) => task(started, n)) as [
    ReturnType<typeof task>,
    ReturnType<typeof task>,
    ReturnType<typeof task>,
  ];
  const wins = new LatestWins<string>();
  const first = wins.run('k', a.start);
  const second = wins.run('k', b.start);
  const third = wins.run('k', c.start);
  expect(await second).toBe(SUPERSEDED);
  expect(started).toEqual(['a']);
  a.settle();
  expect(await first).toBe(SUPERSEDED);
  c.settle();
  expect(await third).toBe('c');
  expect(started).toEqual(['a', 'c']);
});

it('keeps keys apart', async () => {
  const wins = new LatestWins<number>();
  expect(await Promise.all([wins.run(1, async () => 'x'), wins.run(2, async () => 'y')])).toEqual(['x', 'y']);
});

it('goes on after an error', async () => {
  const wins = new LatestWins<number>();
  const bad = wins.run(1, () => Promise.reject(new Error('no')));
  const good = wins.run(1, async () => 'yes');
  await expect(bad).rejects.toThrow('no');
  expect(await good).toBe('yes');
});

it('drops what waits', async () => {
  const started: string[] = [];
  const a = task(started, 'a');
  const wins = new LatestWins<number>();
  const first = wins.run(1, a.start);
  const second = wins.run(1, async () => 'b');
  wins.drop(1);
  a.settle();
  expect([await first, await second]).toEqual(['a', SUPERSEDED]);
});
