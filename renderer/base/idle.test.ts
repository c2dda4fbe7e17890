import { expect, it } from 'vitest';
import { busyReasons, idle, trackBusy, trackPromise } from './idle';

it('is at rest when nothing was tracked', async () => {
  await idle();
  expect(busyReasons()).toEqual([]);
});

it('waits for every reason, in any order', async () => {
  const a = trackBusy('request');
  const b = trackBusy('redraw');
  let rested = false;
  const done = idle().then(() => (rested = true));
  b();
  b();
  await Promise.resolve();
  expect([rested, busyReasons()]).toEqual([false, ['request']]);
  a();
  await done;
  expect(rested).toBe(true);
});

it('waits for what the end of one reason begins', async () => {
  let releaseSecond!: () => void;
  const first = trackPromise(
    'one',
    Promise.resolve().then(() => undefined),
  );
  void first.then(() => {
    releaseSecond = trackBusy('two');
  });
  let rested = false;
  const done = idle().then(() => (rested = true));
  await new Promise((ok) => setTimeout(ok, 0));
  await new Promise((ok) => setTimeout(ok, 0));
  expect(rested).toBe(false);
  releaseSecond();
  await done;
});

it('counts a promise that fails as ended', async () => {
  await trackPromise('bad', Promise.reject(new Error('no'))).catch(() => undefined);
  await idle();
});
