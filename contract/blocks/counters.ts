// The curves of STATS and of the overview: 1024 buckets of 2^level ns.

import type { Nanos } from '../units';

/** Series in wire order. Definitions to the nanosecond: docs/ARCHITECTURE.md, Counters. */
export const COUNTER_SERIES = [
  'running', // goroutines that run (system calls are not running)
  'runnable', // goroutines that wait for a processor
  'waitingGc', // goroutines that wait for the GC
  'heapAllocated', // bytes of live heap
  'heapGoal', // bytes; the goal itself
  'procsRunning', // processors in Running less those held by a system call
  'inSyscall', // goroutines in a system call, with or without a processor
  'gcWorkers', // processors that run a GC mark worker
] as const;
export type CounterSeries = (typeof COUNTER_SERIES)[number];

export interface CounterBlock {
  readonly level: number;
  readonly tile: number;
  /** f32[8 × 1024], series by series: time-weighted mean in the bucket; NaN where not known. */
  readonly means: Float32Array;
  /** f32[8 × 1024]: maximum in the bucket; NaN where not known. */
  readonly maxima: Float32Array;
  readonly complete: boolean;
  readonly indexedToNanos: Nanos;
}

/** The exact values right after all events up to a time. */
export interface CounterValues {
  readonly atNanos: Nanos;
  readonly goroutines: { readonly waitingGc: number; readonly runnable: number; readonly running: number };
  readonly heap: { readonly allocatedBytes: number | null; readonly goalBytes: number | null };
  readonly threads: { readonly inSyscall: number; readonly running: number };
}
