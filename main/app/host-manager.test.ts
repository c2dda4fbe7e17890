import { beforeEach, expect, test } from 'vitest';
import type { TraceExit } from '../../contract/shell-api';
import { HostManager, MAX_EXITS, RESTART_WINDOW_MS } from './host-manager';

class FakeProcess {
  static count = 0;
  readonly pid = ++FakeProcess.count;
  killed = false;
  exit: (code: number) => void = () => undefined;
  got: unknown[] = [];
  postMessage(message: unknown, ports?: unknown[]): void {
    this.got.push([message, ports]);
  }
  once(_event: string, f: (code: number) => void): this {
    this.exit = f;
    return this;
  }
  kill(): boolean {
    this.killed = true;
    return true;
  }
}

let now: number;
let processes: FakeProcess[];
let ports: number[];
let exits: TraceExit[];
let manager: HostManager;
beforeEach(() => {
  now = 0;
  processes = [];
  ports = [];
  exits = [];
  manager = new HostManager({
    fork: () => {
      const p = new FakeProcess();
      processes.push(p);
      return p as never;
    },
    makeChannel: () => ({ port1: 'p1', port2: 'p2' }) as never,
    givePort: (traceId) => ports.push(traceId),
    onExit: (e) => exits.push(e),
    now: () => now,
  });
});

test('one process a trace; each end of the channel goes where it belongs', () => {
  manager.start(1, '/a');
  manager.start(2, '/b');
  expect(processes).toHaveLength(2);
  expect(processes[0]?.got).toEqual([[null, ['p1']]]);
  expect(ports).toEqual([1, 2]);
  expect([...manager.pids().keys()]).toEqual([1, 2]);
});

test('an end that we wanted is not told', () => {
  manager.start(1, '/a');
  manager.stop(1);
  processes[0]?.exit(0);
  expect(processes[0]?.killed).toBe(true);
  expect(exits).toEqual([]);
});

test('an end by itself is told with its code; after three in a minute there is no further start', () => {
  for (let i = 0; i < MAX_EXITS; i++) {
    manager.start(1, '/a');
    processes[i]?.exit(7);
  }
  expect(exits.map((e) => e.canReopen)).toEqual([true, true, false]);
  expect(exits[0]).toEqual({ traceId: 1, code: 7, canReopen: true });
  manager.start(1, '/a');
  expect(processes).toHaveLength(MAX_EXITS);
  now = RESTART_WINDOW_MS + 1;
  manager.start(1, '/a');
  expect(processes).toHaveLength(MAX_EXITS + 1);
});

test('an exit that the file is to blame for does not count', () => {
  for (let i = 0; i < MAX_EXITS + 2; i++) {
    manager.start(1, '/a');
    expect(manager.isRunning(1)).toBe(true);
    processes[i]?.exit(7);
    manager.forgive(1);
  }
  expect(manager.isRunning(1)).toBe(false);
  expect(exits.every((e) => e.canReopen)).toBe(true);
});

test('F153: a second place in the same trace is another port to the same process', () => {
  expect(manager.connect(1, 1_000_000_001)).toBe(false);
  manager.start(1, '/a');
  expect(manager.connect(1, 1_000_000_001)).toBe(true);
  expect(processes).toHaveLength(1);
  expect(ports).toEqual([1, 1_000_000_001]);
  expect(processes[0]?.got).toHaveLength(2);
});
