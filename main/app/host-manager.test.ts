import { beforeEach, describe, expect, test } from 'vitest';
import { ENGINE_OPENS, ENGINE_READY } from '../../contract/engine-process';
import type { TraceExit } from '../../contract/shell-api';
import { HostManager, MAX_EXITS, RESTART_WINDOW_MS, SPARE_ANSWERS_WITHIN_MS } from './host-manager';
import { SPARE_AFTER_MS, SpareEngine } from './spare-engine';
import { FakeForks, FakeTime } from './testing/fake-engines';

let time: FakeTime;
let forks: FakeForks;
let spare: SpareEngine;
let ports: number[];
let exits: TraceExit[];
let manager: HostManager;
beforeEach(() => {
  time = new FakeTime();
  forks = new FakeForks();
  ports = [];
  exits = [];
  spare = new SpareEngine({ fork: forks.fork, after: time.after, pays: () => true });
  manager = new HostManager({
    fork: forks.fork,
    spare,
    after: time.after,
    settings: () => ({ memoryMb: 64, cacheMb: null }),
    makeChannel: () => ({ port1: 'p1', port2: 'p2' }) as never,
    givePort: (traceId) => ports.push(traceId),
    onExit: (e) => exits.push(e),
    now: () => time.now,
  });
});
const ORDER = { path: '/a', section: 1, binary: null, memoryMb: 64, cacheMb: null };

test('one process a trace; each end of the channel goes where it belongs', () => {
  manager.start(1, '/a');
  manager.start(2, '/b');
  expect(forks.all).toHaveLength(2);
  expect(forks.all[0]?.got).toEqual([[ORDER, ['p1']]]);
  expect(ports).toEqual([1, 2]);
  expect([...manager.pids().keys()]).toEqual([1, 2]);
});

test('an end that we wanted is not told', () => {
  manager.start(1, '/a');
  manager.stop(1);
  forks.all[0]?.exit(0);
  expect(forks.all[0]?.killed).toBe(true);
  expect(exits).toEqual([]);
});

test('an end by itself is told with its code; after three in a minute there is no further start', () => {
  for (let i = 0; i < MAX_EXITS; i++) {
    manager.start(1, '/a');
    forks.all[i]?.exit(7);
  }
  expect(exits.map((e) => e.canReopen)).toEqual([true, true, false]);
  expect(exits[0]).toEqual({ traceId: 1, code: 7, canReopen: true });
  manager.start(1, '/a');
  expect(forks.all).toHaveLength(MAX_EXITS);
  time.now = RESTART_WINDOW_MS + 1;
  manager.start(1, '/a');
  expect(forks.all).toHaveLength(MAX_EXITS + 1);
});

test('an exit that the file is to blame for does not count', () => {
  for (let i = 0; i < MAX_EXITS + 2; i++) {
    manager.start(1, '/a');
    expect(manager.isRunning(1)).toBe(true);
    forks.all[i]?.exit(7);
    manager.forgive(1);
  }
  expect(manager.isRunning(1)).toBe(false);
  expect(exits.every((e) => e.canReopen)).toBe(true);
});

test('F153: a second place in the same trace is another port to the same process', () => {
  expect(manager.connect(1, 1_000_000_001)).toBe(false);
  manager.start(1, '/a');
  expect(manager.connect(1, 1_000_000_001)).toBe(true);
  expect(forks.all).toHaveLength(1);
  expect(ports).toEqual([1, 1_000_000_001]);
  expect(forks.all[0]?.got).toHaveLength(2);
});

describe('a process that was started ahead', () => {
  beforeEach(() => {
    spare.later();
    time.pass(SPARE_AFTER_MS);
    forks.last.says(ENGINE_READY);
  });

  test('reads the next trace, and another one is started behind it', () => {
    manager.start(1, '/a');
    expect(forks.all).toHaveLength(1);
    expect(forks.last.got).toEqual([[ORDER, ['p1']]]);
    forks.last.says(ENGINE_OPENS);
    time.pass(SPARE_ANSWERS_WITHIN_MS);
    expect(forks.all).toHaveLength(2);
    expect(forks.all[0]?.killed).toBe(false);
    expect(ports).toEqual([1]);
    manager.stop(1);
    expect(forks.all.map((p) => p.killed)).toEqual([true, false]);
  });

  test('has the ends of any other, once it has its order', () => {
    manager.start(1, '/a');
    forks.last.says(ENGINE_OPENS);
    forks.last.exit(7);
    expect(exits).toEqual([{ traceId: 1, code: 7, canReopen: true }]);
  });

  test.each([
    ['ends', () => forks.last.exit(9)],
    ['hangs', () => time.pass(SPARE_ANSWERS_WITHIN_MS)],
  ])('that %s before it has its order is replaced, and nobody is told', (_how, fail) => {
    manager.start(1, '/a');
    const first = forks.last;
    // Not the one that is started behind it.
    spare.drop();
    fail();
    expect(forks.all).toHaveLength(2);
    expect(first.killed).toBe(true);
    expect(forks.last.got).toEqual([[ORDER, ['p1']]]);
    expect(exits).toEqual([]);
    expect(ports).toEqual([1, 1]);
    // A file that ends engines is told of all the same.
    forks.last.exit(7);
    expect(exits).toEqual([{ traceId: 1, code: 7, canReopen: true }]);
  });

  test('ends with the app', () => {
    manager.stopAll();
    expect(forks.last.killed).toBe(true);
    time.pass(SPARE_AFTER_MS);
    expect(forks.all).toHaveLength(1);
  });
});
