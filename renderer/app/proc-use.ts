// The thumbnail of a trace: how much of its processors was in use over time.
import type { CounterBlock } from '../../contract/blocks/counters';
import type { Nanos } from '../../contract/units';
import { seriesColumns } from '../pages/home/overview-columns';

/**
 * Mean share of the processors in use in `steps` equal parts of the trace. Blocks: of one level, from time 0, all of it.
 * Shapes: number[steps], each 0..1, three decimals. What is not known counts as idle.
 */
export function procUse(
  blocks: readonly CounterBlock[],
  durationNanos: Nanos,
  procCount: number,
  steps: number,
): number[] {
  // N.B. goroutines that run, each on a processor of its own: a processor that only looks for work is not in use.
  return Array.from(seriesColumns(blocks, 'running', durationNanos, steps), (mean) => {
    const share = Number.isFinite(mean) ? mean / Math.max(1, procCount) : 0;
    return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 1000;
  });
}
