import { expect, it } from 'vitest';
import { NO_FIGURES } from '../../trace/testing/fake-pages';
import { pageLine } from './page-lines';

const N = '\u202f';

it('each page has its figures in one line', () => {
  const f = {
    ...NO_FIGURES,
    goroutineCount: 364,
    functionCount: 21,
    profiles: { ...NO_FIGURES.profiles, sync: { count: 1204, delayNanos: 144.9e6, stillCount: 6 } },
    taskCount: 123,
    completeTaskCount: 112,
    taskTypeCount: 6,
    regionCount: 402,
    regionTypeCount: 12,
    gcCycleCount: 4,
    gcMarkNanos: 103e6,
    stwCount: 12,
    longestStwNanos: 32.02e6,
    mmu10ms: 0.411,
    eventCount: 4487,
  };
  expect(pageLine('goroutines', f)).toEqual({ line: '21 start functions', figure: '364 goroutines' });
  expect(pageLine('sync', f)).toEqual({ line: '1,204 waits; 6 never ended', figure: `144.9${N}ms` });
  expect(pageLine('tasks', f)).toEqual({ line: '6 types; 11 not complete', figure: '123 tasks' });
  expect(pageLine('regions', f)).toEqual({ line: '12 names and places', figure: '402 regions' });
  expect(pageLine('gc', f)).toEqual({
    line: `marking 103.0${N}ms; 12 stops of the world, the longest 32.02${N}ms`,
    figure: '4 cycles',
  });
  expect(pageLine('mmu', f)?.figure).toBe(`41.1${N}%`);
  expect(pageLine('view-trace', f)).toBeNull();
});

it('what a trace has nothing of is said', () => {
  const lines = ['network', 'tasks', 'regions', 'gc'].map((p) => pageLine(p, NO_FIGURES));
  expect(lines.map((l) => l?.line)).toEqual([
    'no wait in this trace',
    'no user-defined task in this trace',
    'no user-defined region in this trace',
    'the collector did not run',
  ]);
  expect(lines.every((l) => l?.figure === '')).toBe(true);
});
