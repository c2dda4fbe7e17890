import { expect, it } from 'vitest';
import type { TimeSums } from '../../contract/answers';
import { partsOfStates, partsOfSums } from './time-parts';

const sums: TimeSums = {
  totalNanos: 100,
  execNanos: 10,
  schedWaitNanos: 20,
  syscallNanos: 5,
  syscallBlockNanos: 6,
  blockNanos: { 'chan receive': 7, sync: 8, network: 9, select: 10, sleep: 11, 'GC mark assist wait for work': 4 },
  rangeNanos: { 'GC mark assist': 3 },
  unknownNanos: 10,
  gcPauseNanos: 1,
  gcMarkNanos: 2,
};

it('F88: parts of a bar add up to the total, in one order', () => {
  const parts = partsOfSums(sums);
  expect(parts.reduce((n, p) => n + p.amount, 0)).toBe(sums.totalNanos);
  expect(parts.map((p) => p.look)).toEqual([
    'running',
    'runnable',
    'wait-sync',
    'wait-select',
    'wait-sleep',
    'syscall',
    'wait-sys',
    'wait-net',
    'wait-gc',
    'wait-other',
  ]);
  expect(parts.find((p) => p.look === 'wait-sync')?.amount).toBe(15);
});

it('leaves out what took no time', () => {
  expect(partsOfStates([{ state: 'running', reason: '', nanos: 0 }])).toEqual([]);
  expect(partsOfStates([{ state: 'none', reason: '', nanos: 3 }])[0]!.name).toBe('no goroutine');
});
