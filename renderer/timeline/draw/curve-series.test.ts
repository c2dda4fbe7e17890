// The same name must be the same quantity on the curve, in the gutter, in the details and on the command line.
import { expect, it } from 'vitest';
import { CURVES } from './draw-curves';

it('draws under Threads what `counters` calls threads: processors that run, and system calls', () => {
  expect(CURVES.Threads.stack.map((s) => s.series)).toEqual(['procsRunning', 'inSyscall']);
  expect(CURVES.Goroutines.stack.map((s) => s.series)).toEqual(['running', 'runnable', 'waitingGc']);
});
