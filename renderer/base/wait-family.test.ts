import { expect, it } from 'vitest';
import { familyOf } from './wait-family';

it.each([
  ['chan receive', 'sync'],
  ['chan send', 'sync'],
  ['sync', 'sync'],
  ['sync.(*Cond).Wait', 'sync'],
  ['select', 'select'],
  ['network', 'net'],
  ['sleep', 'sleep'],
  ['syscall', 'sys'],
  ['GC mark assist wait for work', 'gc'],
  ['GC background sweeper wait', 'gc'],
  ['wait until GC ends', 'gc'],
  ['forever', 'other'],
  ['preempted', 'other'],
  ['system goroutine wait', 'other'],
  ['', 'other'],
] as const)('counts “%s” as %s', (reason, family) => {
  expect(familyOf(reason)).toBe(family);
});
