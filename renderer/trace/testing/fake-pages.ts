// Answers to the questions of pages for unit tests: those of a trace in which nothing happened, but for what a test
// gives itself.

import type { Histogram, HomeFigures, TimeSums } from '../../../contract/answers';
import type { PageApi } from '../trace-client';

export const NO_TIME: TimeSums = {
  totalNanos: 0,
  execNanos: 0,
  schedWaitNanos: 0,
  syscallNanos: 0,
  syscallBlockNanos: 0,
  blockNanos: {},
  rangeNanos: {},
  unknownNanos: 0,
  gcPauseNanos: 0,
  gcMarkNanos: 0,
};

export const NO_HISTOGRAM: Histogram = { count: 0, sumNanos: 0, buckets: [], quantiles: [] };

const nothing = { count: 0, delayNanos: 0, stillCount: 0 };

export const NO_FIGURES: HomeFigures = {
  goroutineCount: 0,
  functionCount: 0,
  profiles: {
    net: nothing,
    sync: nothing,
    syscall: nothing,
    sched: nothing,
    cpu: nothing,
    other: nothing,
    wall: nothing,
  },
  taskCount: 0,
  completeTaskCount: 0,
  taskTypeCount: 0,
  regionCount: 0,
  regionTypeCount: 0,
  starvedNanos: 0,
  gcCycleCount: 0,
  gcMarkNanos: 0,
  stwCount: 0,
  stwNanos: 0,
  longestStwNanos: 0,
  mmu10ms: null,
  eventCount: 0,
};

/** `given`: the answers that a test is about. Errors: what names a thing that is not there fails with RANGE. */
export function fakePages(given: Partial<PageApi> = {}): PageApi {
  const missing = (what: string) => (): Promise<never> =>
    Promise.reject(new Error(`RANGE: The trace holds no such ${what}.`));
  const none = { count: 0, delayNanos: 0, stacks: [] };
  return {
    readHomeFigures: async () => NO_FIGURES,
    checkQuery: async () => null,
    matchRows: async ({ rows }) => rows.map((_, i) => i),
    completeQuery: async ({ caret }) => ({ fromChar: caret, toChar: caret, items: [] }),
    openEvents: async () => ({ tableId: 1, rowCount: 0, totalCount: 0 }),
    readEvents: async () => [],
    readEvent: async () => null,
    findEventRow: async () => null,
    readEventText: async () => ({ text: '', next: null }),
    closeEvents: async () => null,
    findHit: async () => null,
    readHitTicks: async () => ({ count: 0, ticks: [], on: 'processors' }),
    readHitCells: async () => ({ cells: null }),
    readGoroutineGroups: async () => [],
    readParallelism: async () => ({ starvedNanos: 0, waitedNanos: 0, waitedIdleNanos: 0, idleNanos: 0 }),
    readStateGraph: async () => ({ states: [], steps: [] }),
    readDistribution: missing('function'),
    readGoroutine: missing('goroutine'),
    readGoroutineStrips: missing('goroutine'),
    readTask: missing('task'),
    readProfile: async ({ profile }) => ({ profile, frames: [], ended: none, still: none }),
    exportPprof: async () => new Uint8Array(),
    readTaskTypes: async () => [],
    readRegionTypes: async () => [],
    readRegionType: missing('region'),
    readMmu: async () => ({ quantiles: [0], curve: [], worst: [] }),
    readGc: async () => ({
      cycles: [],
      stops: [],
      stopCount: 0,
      stopNanos: 0,
      stopsByReason: [],
      goroutines: [],
      assistingCount: 0,
      functions: [],
      markNanos: 0,
      assistNanos: 0,
      sweepNanos: 0,
      cpuShare: { fromNanos: 0, stepNanos: 0, values: [] },
      heap: {
        firstBytes: null,
        lastBytes: null,
        maxBytes: null,
        goalFirstBytes: null,
        goalLastBytes: null,
        goalMaxBytes: null,
      },
    }),
    readDigest: async () => '{}',
    compareDigests: missing('digest'),
    compareSeries: missing('digest'),
    compareHistograms: async () => ({ test: null }),
    openTable: async () => ({ tableId: 1, rowCount: 0, totalCount: 0, maxima: {} }),
    readRows: async () => [],
    findRow: async () => null,
    closeTable: async () => null,
    ...given,
  };
}
