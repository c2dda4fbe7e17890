import { expect, it } from 'vitest';
import { searchedJoined, stackRows, STACK_FIGURES, typeRows, TYPE_FIGURES } from './joined-tables';

const side = (delayNanos: number) => ({ delayNanos, count: 2, stillCount: 0, stillNanos: 0, frames: [] });

it('a joined row is searched by its name, its stack or type, and the longer of both sides', () => {
  const stack = {
    functions: ['runtime.chanrecv1', 'main.work', 'main.main'],
    a: side(3),
    b: side(9),
    differenceNanos: 6,
    ratio: 3,
    only: null,
  };
  const [row] = stackRows([stack], STACK_FIGURES[0]!, 'sync');
  expect(searchedJoined('sync', 'duration', row!)).toEqual({
    names: ['main.work', '← main.main'],
    numbers: { dur: 9 },
    texts: { stack: ['runtime.chanrecv1', 'main.work', 'main.main'] },
  });
  expect(searchedJoined('sync', 'count', row!).numbers).toEqual({});
  const spread = { count: 1, sumNanos: 5, meanNanos: 5, quantiles: [], histogram: [] };
  const type = { name: 'parse', frame: 'main.go:7', a: spread, b: null, only: 'a' as const, test: null };
  const [region] = typeRows([type as unknown as Parameters<typeof typeRows>[0][number]], TYPE_FIGURES[0]!, 'regions');
  expect(searchedJoined('regions', 'duration', region!)).toEqual({
    names: ['parse', 'main.go:7'],
    numbers: { dur: 5 },
    texts: { region: 'parse', stack: 'main.go:7' },
  });
});
