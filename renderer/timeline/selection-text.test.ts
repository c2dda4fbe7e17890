import { expect, it } from 'vitest';
import type { Causes } from '../../contract/rows';
import { chainText } from './selection-text';

it('F80: the chain of causes is copied step by step, with shares that add up to the wait', () => {
  const step = { track: 0, byStack: [], stack: [], reason: '', byGoroutine: null, byName: '' };
  const causes: Causes = {
    stop: 'ran',
    steps: [
      {
        ...step,
        goroutine: 7,
        name: 'main.a',
        state: 'waiting',
        reason: 'chan receive',
        startNanos: 100,
        endNanos: 900,
        byGoroutine: 8,
        byName: 'main.b',
        shareNanos: 300,
      },
      {
        ...step,
        goroutine: 8,
        name: 'main.b',
        state: 'created',
        startNanos: 600,
        endNanos: 600,
        byGoroutine: 1,
        byName: 'main.main',
        shareNanos: 500,
      },
    ],
  };
  const lines = chainText(causes).replaceAll('\u202f', ' ').split('\n');
  expect(lines).toEqual([
    '  G7 main.a waiting: chan receive for 800 ns (800 ns), ended by G8 main.b at 900 ns (900 ns); share 300 ns (300 ns)',
    '  G8 main.b was made, by G1 main.main at 600 ns (600 ns); share 500 ns (500 ns)',
    '  800 ns (800 ns) in all. Whoever ended this one had not waited itself: it ran.',
  ]);
});
