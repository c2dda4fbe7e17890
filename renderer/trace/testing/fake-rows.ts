// Rows of a trace in memory: none. For unit tests that are about processors.

import type { RowsApi } from '../../../contract/rows';

/** Every question about rows, answered as a trace without goroutines would. */
export function fakeRows(): RowsApi {
  const none = { nanos: 0, count: 0 };
  return {
    openRows: async ({ by }) => ({ rowsId: 1, by, count: 0, totalCount: 0, groups: [] }),
    readRowHeads: async () => ({ heads: [] }),
    findInRows: async () => ({ index: null }),
    readRowsById: async () => ({ heads: [] }),
    closeRows: async () => null,
    readFlows: async () => ({ count: 0, flows: [] }),
    readConnections: async () => null,
    readCauses: async () => ({ steps: [], stop: 'unknown' }),
    readLatency: async ({ level, tile }) => ({ level, tile, means: [], maxima: [], complete: true }),
    readLatencyAt: async () => null,
    readArea: async ({ fromNanos, toNanos, tracks }) => ({
      fromNanos,
      toNanos,
      trackCount: tracks.length,
      totalNanos: 0,
      spanCount: 0,
      byState: [],
      byGoroutine: [],
      byFunction: [],
      byReason: [],
      otherGoroutines: none,
      otherFunctions: none,
    }),
  };
}
