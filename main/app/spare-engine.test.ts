import { beforeEach, expect, test } from 'vitest';
import { ENGINE_READY } from '../../contract/engine-process';
import { MAX_SPARE_EXITS, SPARE_AFTER_MS, SpareEngine, STANDS_WITHIN_MS } from './spare-engine';
import { FakeForks, FakeTime } from './testing/fake-engines';

let time: FakeTime;
let forks: FakeForks;
let pays: boolean;
let spare: SpareEngine;
beforeEach(() => {
  time = new FakeTime();
  forks = new FakeForks();
  pays = true;
  spare = new SpareEngine({ fork: forks.fork, after: time.after, pays: () => pays });
});

test('one is started when nothing was opened for a while; it is given when it stands, once', () => {
  spare.later();
  time.pass(SPARE_AFTER_MS - 1);
  spare.later();
  time.pass(SPARE_AFTER_MS - 1);
  expect(forks.all).toHaveLength(0);
  time.pass(1);
  expect(forks.all).toHaveLength(1);
  expect(spare.take()).toBeNull();
  forks.last.says(ENGINE_READY);
  expect(spare.take()).toBe(forks.last);
  expect(spare.take()).toBeNull();
});

test('there is one at most', () => {
  for (let i = 0; i < 3; i++) {
    spare.later();
    time.pass(SPARE_AFTER_MS);
    forks.last.says(ENGINE_READY);
  }
  expect(forks.all).toHaveLength(1);
});

test('where much is open there is none, and one that stands is ended', () => {
  pays = false;
  spare.later();
  time.pass(SPARE_AFTER_MS);
  expect(forks.all).toHaveLength(0);
  pays = true;
  spare.later();
  time.pass(SPARE_AFTER_MS);
  // What was opened while it was started counts too.
  pays = false;
  forks.last.says(ENGINE_READY);
  time.pass(SPARE_AFTER_MS);
  expect(forks.last.killed).toBe(true);
  expect(spare.take()).toBeNull();
});

test.each([
  ['ends by itself', () => forks.last.exit(9)],
  ['does not come to stand', () => time.pass(STANDS_WITHIN_MS)],
])('one that %s is forgotten; after three there is no further one', (_how, fail) => {
  for (let i = 1; i <= MAX_SPARE_EXITS + 1; i++) {
    spare.later();
    time.pass(SPARE_AFTER_MS);
    fail();
    expect(spare.take()).toBeNull();
    expect(forks.all).toHaveLength(Math.min(i, MAX_SPARE_EXITS));
  }
  expect(forks.all.every((p) => p.killed)).toBe(true);
});

test('one that was given away is no concern of it any more', () => {
  spare.later();
  time.pass(SPARE_AFTER_MS);
  forks.last.says(ENGINE_READY);
  spare.take();
  forks.last.exit(7);
  spare.drop();
  expect(forks.last.killed).toBe(false);
});
