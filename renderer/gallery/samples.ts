// What the gallery shows: made by arithmetic, the same on every day and machine.
import type { Frame } from '../../contract/answers';
import type { Bucket, Quantile } from '../charts/histogram-model';
import type { Column } from '../widgets/table/columns';

export interface SampleRow {
  readonly name: string;
  readonly count: number;
  readonly execNanos: number;
  readonly waitNanos: number;
  readonly bytes: number;
  readonly share: number;
  readonly startNanos: number;
  readonly counts: readonly number[];
}

const FUNCTIONS = [
  'main.fillWorkers.func1',
  'net/http.(*conn).serve',
  'main.(*cache).refresh',
  'runtime.gcBgMarkWorker',
];

export const rowsOf = (count: number): readonly SampleRow[] =>
  Array.from({ length: count }, (_v, i) => ({
    name: FUNCTIONS[i % 4]! + (i < 4 ? '' : `.func${i}`),
    count: (i * 7919) % 4200,
    execNanos: ((i * 104_729) % 9_000) * 1e4,
    waitNanos: i % 5 === 0 ? 0 : ((i * 1_299_709) % 7_000) * 1e5,
    bytes: (i * 15_485_863) % 2 ** 26,
    share: ((i * 37) % 101) / 100,
    startNanos: i * 1_234_567,
    counts: Array.from({ length: 12 }, (_w, b) => (i * 31 + b * b * 7) % 23),
  }));

export const COLUMNS: readonly Column<SampleRow>[] = [
  {
    id: 'name',
    title: 'Function',
    help: 'A text that grows and links.',
    kind: 'code',
    value: (r) => r.name,
    widthPx: 240,
    grows: true,
    fixed: true,
    link: () => true,
  },
  { id: 'count', title: 'Count', help: 'A count.', kind: 'count', value: (r) => r.count, widthPx: 80 },
  {
    id: 'exec',
    title: 'Execution',
    help: 'A length with a bar.',
    kind: 'duration',
    value: (r) => r.execNanos,
    widthPx: 110,
    bar: 'st-running',
  },
  {
    id: 'parts',
    title: 'Its time',
    help: 'A stacked bar.',
    kind: 'breakdown',
    value: (r) => r.execNanos + r.waitNanos,
    widthPx: 140,
    parts: (r) => [
      { name: 'running', look: 'running', amount: r.execNanos },
      { name: 'waiting', look: 'wait-sync', amount: r.waitNanos },
    ],
  },
  {
    id: 'spread',
    title: 'Spread',
    help: 'A histogram.',
    kind: 'histogram',
    value: () => null,
    widthPx: 100,
    counts: (r) => r.counts,
  },
  { id: 'bytes', title: 'Bytes', help: 'A size.', kind: 'bytes', value: (r) => r.bytes, widthPx: 90 },
  { id: 'share', title: 'Share', help: 'A share.', kind: 'share', value: (r) => r.share, widthPx: 80 },
  { id: 'start', title: 'Start', help: 'A time.', kind: 'time', value: (r) => r.startNanos, widthPx: 100 },
];

export const BUCKETS: readonly Bucket[] = Array.from({ length: 24 }, (_v, i) => ({
  fromNanos: 10 ** (3 + i / 6),
  toNanos: 10 ** (3 + (i + 1) / 6),
  count: Math.round(400 * Math.exp(-((i - 10) ** 2) / 18)) + (i === 21 ? 30 : 0),
}));
export const QUANTILES: readonly Quantile[] = [
  { name: 'p50', nanos: 6e4 },
  { name: 'p99', nanos: 3e6 },
];

const frame = (fn: string, file: string, line: number): Frame => ({ function: fn, file, line });
export const FRAMES: readonly Frame[] = [
  frame('runtime.chanrecv1', '/usr/local/go/src/runtime/chan.go', 509),
  frame('main.walk', '/src/app/walk.go', 31),
  frame('main.walk', '/src/app/walk.go', 31),
  frame('main.walk', '/src/app/walk.go', 31),
  frame('main.(*server).handle.func1', '/src/app/a/rather/long/path/to/the/server/handle_requests_of_clients.go', 1204),
  frame('main.main', '/src/app/main.go', 12),
];

export const DURATIONS = [0, 1, 999, 1_000, 12_345, 999_999, 1_204_000, 59_999_999_999, 3_600_000_000_000] as const;
export const COUNTS = [0, 999, 1000, 1_234_567, 4_200_000_000] as const;
export const BYTES = [0, 1023, 1024, 10_485_760, 2 ** 40] as const;
export const SHARES = [0, 0.00001, 0.004, 0.5, 0.99999, 1] as const;
