import { expect, it } from 'vitest';
import { NO_FIGURES } from '../../trace/testing/fake-pages';
import { homeLine } from './home-lines';

const figures = {
  ...NO_FIGURES,
  goroutineCount: 18,
  functionCount: 1,
  profiles: {
    ...NO_FIGURES.profiles,
    sync: { count: 19, delayNanos: 403_123_520, stillCount: 2 },
    sched: { count: 1, delayNanos: 5, stillCount: 0 },
  },
  taskCount: 40,
  taskTypeCount: 3,
  completeTaskCount: 38,
  gcCycleCount: 4,
  stwCount: 12,
  stwNanos: 41_086_720,
  longestStwNanos: 32_019_840,
  mmu10ms: 0.25,
};

it('F85: says of each page how much there is', () => {
  const said = (page: string): unknown => homeLine(page, figures, 20e6)?.text.replaceAll(/\s/g, ' ');
  expect(said('goroutines')).toBe('18 goroutines of 1 function');
  expect(homeLine('sync', figures, 20e6)).toEqual({
    text: '19 waits for channels, locks or select; 2 still going on at the end',
    nanos: 403_123_520,
  });
  expect(said('tasks')).toBe('40 tasks of 3 types, 38 complete');
  expect(said('gc')).toMatch(/^4 cycles; 12 stops, longest 32\.0\d* ms$/);
  expect(homeLine('gc', figures, 20e6)?.nanos).toBe(41_086_720);
  expect(said('mmu')).toBe('25.0 % left to the program in the worst 10 ms');
  // A trace that is shorter than that has no such window.
  expect(homeLine('mmu', figures, 9e6)?.text.replaceAll(/\s/g, ' ')).toBe('25.0 % left to the program over the whole');
  expect(homeLine('view-trace', figures, 20e6)).toBeNull();
});

it('says what there is not', () => {
  for (const page of ['network', 'sync', 'syscall', 'sched', 'cpu', 'other', 'wall', 'tasks', 'regions', 'gc'])
    expect(homeLine(page, NO_FIGURES, 20e6)).toMatchObject({
      text: expect.stringMatching(/^no /) as string,
      nanos: null,
    });
});
