import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, it } from 'vitest';
import { domWire, serve } from '../../contract/rpc';
import type { TraceApi } from '../../contract/trace-api';
import { idle } from '../base/idle';
import { acceptPort, onEngineExit } from './ports';
import { fakeTrace, fakeInfo, type FakeTraceOptions } from './testing/fake-trace';
import { SUPERSEDED } from './trace-client';
import { useTraceStore } from './trace-store';

const trace: FakeTraceOptions = {
  durationNanos: 1e6,
  procs: [0, 1],
  spans: [{ track: 2, start: 10, end: 900_000, state: 'running', label: 'G1 main.main' }],
};
let nextId = 1;
beforeEach(() => setActivePinia(createPinia()));

/** Gives the trace a process that answers as `api`. */
function serveTrace(traceId: number, api: TraceApi): void {
  const channel = new MessageChannel();
  serve(domWire(channel.port1), api);
  acceptPort(traceId, channel.port2);
}

it('indexes, and then knows the facts and the whole trace as its window', async () => {
  const id = nextId++;
  const s = useTraceStore(id);
  void s.start();
  expect(s.status).toBe('indexing');
  serveTrace(id, fakeTrace(trace));
  await idle();
  expect([s.status, s.info?.goVersion, s.durationNanos]).toEqual(['done', '1.26', 1e6]);
  expect(s.window).toEqual({ fromNanos: 0, toNanos: 1e6 });
  expect(s.procs).toEqual([0, 1]);
  s.dispose();
});

it('keeps a place and goes back to it', () => {
  const s = useTraceStore(nextId++);
  const before = s.place();
  s.setWindow({ fromNanos: 5, toNanos: 10 });
  s.setScrollTop(40);
  const there = s.place();
  s.setPlace(before);
  expect([s.placedWindow, s.scrollTopPx]).toEqual([null, 0]);
  s.setPlace(there);
  expect([s.window, s.scrollTopPx]).toEqual([{ fromNanos: 5, toNanos: 10 }, 40]);
  s.dispose();
});

it('is stopped and goes on', async () => {
  const id = nextId++;
  const s = useTraceStore(id);
  let calls = 0;
  serveTrace(id, {
    ...fakeTrace(trace),
    readInfo: async () => ({ ...fakeInfo(trace), status: 'indexing', durationNanos: 1.2e6, indexedToNanos: 4e5 }),
    index: (_input, ctx) =>
      ++calls > 1
        ? Promise.resolve(fakeInfo(trace))
        : new Promise((ok) => {
            ctx.signal.addEventListener('abort', () =>
              ok({ ...fakeInfo(trace), status: 'cancelled', indexedToNanos: 4e5 }),
            );
            ctx.progress({
              doneBytes: 1,
              totalBytes: 3,
              generation: 1,
              generationCount: 3,
              indexedToNanos: 4e5,
              durationNanos: 1.2e6,
              eventCount: 9,
              procs: [0],
            });
          }),
  });
  const stopped = s.start();
  await expect.poll(() => s.indexedToNanos).toBe(4e5);
  s.cancel();
  await stopped;
  expect(s.status).toBe('cancelled');
  await s.goOn();
  expect([s.status, calls]).toEqual(['done', 2]);
  s.dispose();
});

it('says why when the file cannot be read', async () => {
  const id = nextId++;
  const s = useTraceStore(id);
  serveTrace(id, { ...fakeTrace(trace), index: () => Promise.reject(new Error('EMPTY: The file has no bytes.')) });
  await s.start();
  expect([s.status, s.error?.code, s.error?.message]).toEqual(['failed', 'EMPTY', 'The file has no bytes.']);
  s.dispose();
});

it('says that the process died, fails what is open, and goes on with the next one', async () => {
  const id = nextId++;
  const s = useTraceStore(id);
  serveTrace(id, { ...fakeTrace(trace), pickSpan: () => new Promise(() => undefined) });
  await s.start();
  const open = s.client.pickSpan('click', 2, 50, 1);
  await Promise.resolve();
  onEngineExit(id, 7);
  await expect(open).rejects.toThrow('ENGINE_DIED');
  expect([s.status, s.error?.code]).toEqual(['failed', 'ENGINE_DIED']);
  serveTrace(id, fakeTrace(trace));
  await idle();
  expect([s.status, s.error]).toEqual(['done', null]);
  const picked = await s.client.pickSpan('click', 2, 50.7, 1);
  expect(picked !== SUPERSEDED && picked?.kind === 'span' ? picked.title : picked).toBe('G1 main.main');
  s.dispose();
});
