import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import { domWire, serve } from '../../contract/rpc';
import { trackOfProc } from '../../contract/units';
import { idle } from '../base/idle';
import { acceptPort } from '../trace/ports';
import { fakeTrace, type FakeTraceOptions } from '../trace/testing/fake-trace';
import { useTraceStore } from '../trace/trace-store';
import { parseSelect } from './select-text';
import { useSelection } from './use-selection';
import { useTimeline } from './use-timeline';

const [p0, p1low] = [trackOfProc(0, 0), trackOfProc(1, 1)];
const trace: FakeTraceOptions = {
  durationNanos: 1e6,
  procs: [0, 1],
  spans: [
    { track: p0, start: 100, end: 900, state: 'running', label: 'G1 main.main' },
    { track: p0, start: 5000, end: 5050, state: 'running', label: 'G2 main.f' },
    { track: p0, start: 900_000, end: 950_000, state: 'running', label: 'G1 main.main' },
    { track: p1low, start: 600, end: 700, state: 'syscall', label: 'syscall' },
  ],
  running: () => 3,
};
let id = 500;

beforeEach(() => {
  setActivePinia(createPinia());
  window.matchMedia = (() => ({ matches: true, addEventListener: () => undefined })) as never;
});

async function open() {
  const store = useTraceStore(++id);
  const channel = new MessageChannel();
  serve(domWire(channel.port1), fakeTrace(trace));
  acceptPort(id, channel.port2);
  await store.start();
  const timeline = useTimeline(store);
  timeline.widthPx.value = 1000;
  timeline.heightPx.value = 300;
  const rows: number[] = [];
  const revealRow = (r: { readonly track: number }): void => void rows.push(r.track);
  const moves = useSelection({ store, timeline, revealRow, list: () => null, headOfTrack: () => null });
  return { store, timeline, rows, moves };
}
const titleOf = (store: ReturnType<typeof useTraceStore>): string | null =>
  store.selection?.kind === 'span' ? store.selection.details.title : null;

describe('selection by keyboard', () => {
  it('starts at the first span in view and goes on along the row, bringing each into view', async () => {
    const { store, timeline, rows, moves } = await open();
    timeline.goTo({ fromNanos: 0, toNanos: 2000 }, false);
    await moves.step(1);
    expect([titleOf(store), rows]).toEqual(['G1 main.main', [p0]]);
    await moves.step(1);
    expect(titleOf(store)).toBe('G2 main.f');
    expect(timeline.view.value.fromNanos).toBeLessThanOrEqual(5000);
    expect(timeline.view.value.toNanos).toBeGreaterThan(5050);
    await moves.step(-1);
    await moves.step(-1);
    expect(store.selection?.kind === 'span' && store.selection.details.startNanos).toBe(100);
    store.dispose();
  });

  it('takes every step when keys come faster than answers', async () => {
    const { store, moves } = await open();
    await Promise.all([moves.step(1), moves.step(1), moves.step(1)]);
    expect(store.selection?.kind === 'span' && store.selection.details.startNanos).toBe(900_000);
    store.dispose();
  });

  it('goes to the next row that has spans, near the time of the selection', async () => {
    const { store, rows, moves } = await open();
    await moves.step(1);
    await moves.stepRow(1);
    expect([titleOf(store), rows.at(-1)]).toEqual(['syscall', p1low]);
    await moves.stepRow(1);
    expect(titleOf(store)).toBe('syscall');
    await moves.stepRow(-1);
    expect(titleOf(store)).toBe('G1 main.main');
    store.dispose();
  });
});

it('marks the selection, else the cursor, and unmarks again', async () => {
  const { store, moves } = await open();
  moves.toggleMark();
  expect(store.marks).toEqual([]);
  store.setCursor(1234.6);
  moves.toggleMark();
  await moves.step(1);
  moves.toggleMark();
  expect(store.marks).toEqual([
    { fromNanos: 1235, toNanos: 1235, text: null },
    { fromNanos: 100, toNanos: 900, text: null },
  ]);
  moves.toggleMark();
  expect(store.marks).toHaveLength(1);
  store.dispose();
});

it('shows the exact values of a moment, inside the trace', async () => {
  const { store, moves } = await open();
  await moves.selectSample(2e9);
  expect(store.selection).toMatchObject({ kind: 'sample', values: { atNanos: 1e6, goroutines: { running: 3 } } });
  store.dispose();
});

it('selects what a text names, and says so when it names nothing', async () => {
  const { store, moves } = await open();
  await moves.selectByText('P0@5020');
  expect(titleOf(store)).toBe('G2 main.f');
  await moves.selectByText('nonsense');
  expect(moves.failure.value).toContain('names no span');
  expect(parseSelect('3.1@77')).toEqual({ kind: 'track', track: trackOfProc(3, 1), atNanos: 77 });
  expect(parseSelect('stw@5')).toEqual({ kind: 'track', track: 1, atNanos: 5 });
  expect(parseSelect('g12.1@5')).toEqual({ kind: 'row', row: 'G12.1', atNanos: 5 });
  expect(parseSelect('area@5-9')).toEqual({ kind: 'range', fromNanos: 5, toNanos: 9 });
  expect(parseSelect('area@9-5')).toBeNull();
  await idle();
  store.dispose();
});
