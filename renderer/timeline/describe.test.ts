import { expect, it } from 'vitest';
import { WAKEUP_TRACKS } from '../../contract/units';
import { fakeDetails } from '../trace/testing/fake-trace';
import { foldFrames, stackText } from '../widgets/stack';
import type { Area, FlowWithStack } from '../../contract/rows';
import { causeSentence, hasRunSince, pastOf, selectionSentence, stateSentence, trackName } from './describe';
import { NO_CONTEXT } from './use-context';

const span = fakeDetails({
  track: 8,
  start: 96_642_560,
  end: 112_595_904,
  state: 'running',
  label: 'G26 main.churn',
  goroutine: 26,
});
const plain = (s: string): string => s.replaceAll('\u202f', ' ');

it('says the selection in a sentence', () => {
  expect(plain(selectionSentence({ kind: 'span', row: 'P3', track: 8, details: span }))).toBe(
    'G26 main.churn on P 3, running, then preempted, starts at 96.64 ms, lasts 15.95 ms.',
  );
  expect(
    plain(
      selectionSentence({
        kind: 'merged',
        row: 'P2',
        track: 6,
        details: {
          kind: 'merged',
          track: 6,
          startNanos: 131_493_000,
          endNanos: 132_632_000,
          spanCount: 5022,
          busyNanos: 592_000,
          state: 'running',
          mainGoroutine: null,
        },
      }),
    ),
  ).toBe('5,022 spans merged on P 2, starts at 131.5 ms, lasts 1.139 ms, busy 592.0 µs.');
  expect(selectionSentence(null)).toBe('Nothing is selected.');
});

it('names states and rows', () => {
  expect(stateSentence({ ...span, openAtEnd: true })).toBe('running, until the trace ends');
  expect([0, 1, 2, 9].map((t) => trackName(t))).toEqual(['GC cycles', 'STW', 'P 0', 'P 3, inside']);
  expect([trackName(0x8000_0010, 'G12'), trackName(0x8000_0012, 'G12.2'), trackName(WAKEUP_TRACKS[1])]).toEqual([
    'G12',
    'G12, nested',
    'Timers',
  ]);
});

it('folds recursion and knows frames of the runtime', () => {
  const folded = foldFrames(span.startStack);
  expect(folded.map((f) => [f.line, f.times])).toEqual([
    [37, 1],
    [39, 2],
    [49, 1],
  ]);
  expect(foldFrames(span.endStack).map((f) => f.ofRuntime)).toEqual([true, false]);
  expect(stackText(span.endStack)).toBe('runtime.mallocgc\n\t/src/main.go:1150\nmain.churn\n\t/src/main.go:49\n');
});

it('says whether somebody woke it for this span, or it only went on', () => {
  const incoming = { kind: 'unblock', fromGoroutine: 28, fromName: 'main.churn', reason: 'sync', startNanos: 100 };
  const connections = (startNanos: number) =>
    ({ startNanos, incoming: incoming as FlowWithStack }) as Parameters<typeof hasRunSince>[0];
  const said = (startNanos: number): string => causeSentence({ ...NO_CONTEXT, connections: connections(startNanos) });
  expect([hasRunSince(connections(100)), hasRunSince(connections(5000))]).toEqual([false, true]);
  expect(said(100)).toBe(' Woken from sync by G28 main.churn.');
  expect(said(5000)).toBe(' It had run since it was last woken.');
  expect(['stops: preempted', 'is woken by G3', 'ends'].map(pastOf)).toEqual([
    'stopped: preempted',
    'is woken by G3',
    'ended',
  ]);
});

it('names the states of an area as everywhere', () => {
  const area = { byState: [{ state: 'gc-worker', name: 'gc-worker', nanos: 14e6, count: 2 }] } as unknown as Area;
  const box = { fromNanos: 0, toNanos: 1e6, firstRow: 0, endRow: 1, tracks: [2], rowsText: 'P 0' };
  expect(plain(selectionSentence({ kind: 'area', area: box }, null, area))).toContain(
    'Most time: GC mark worker, 14.00 ms',
  );
});
