import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, it } from 'vitest';
import { EXIT_NO_ADDON, EXIT_OUT_OF_MEMORY } from '../../contract/errors';
import { domWire, serve } from '../../contract/rpc';
import type { TraceApi } from '../../contract/trace-api';
import { idle } from '../base/idle';
import { acceptPort, onEngineExit } from './ports';
import { fakeTrace, fakeInfo, type FakeTraceOptions } from './testing/fake-trace';
import { engineDied, SUPERSEDED } from './trace-client';
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

it('knows nothing of a file that cannot be read, though its facts were asked for on the way', async () => {
  const id = nextId++;
  const s = useTraceStore(id);
  let fail: () => void = () => undefined;
  serveTrace(id, {
    ...fakeTrace(trace),
    readInfo: async () => ({ ...fakeInfo(trace), status: 'indexing', eventCount: 0 }),
    index: (_input, ctx) => {
      ctx.progress({
        doneBytes: 0,
        totalBytes: 3,
        generation: 1,
        generationCount: 1,
        indexedToNanos: 0,
        durationNanos: 0,
        eventCount: 0,
        procs: [],
      });
      return new Promise((_ok, no) => (fail = () => no(new Error('TRUNCATED: The file ends.'))));
    },
  });
  const read = s.start();
  await expect.poll(() => s.info?.eventCount).toBe(0);
  fail();
  await read;
  expect([s.info, s.error?.code]).toEqual([null, 'TRUNCATED']);
  s.dispose();
});

it('E1.6, E7.5: says why a process ended itself', () => {
  expect(engineDied(EXIT_NO_ADDON).message).toContain('Install Tracewell again');
  expect(engineDied(EXIT_OUT_OF_MEMORY).message).toContain('more than half of the memory');
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

it('goes on at the same place when its file is another one, with nothing of the one before', async () => {
  const id = nextId++;
  const s = useTraceStore(id);
  serveTrace(id, fakeTrace({ ...trace, procs: [0, 1, 2] }));
  await s.start();
  const group = { key: 'p0', tracks: [2] };
  s.client.tiles.want([{ level: 10, tile: 0, group }]);
  const picked = await s.client.pickSpan('click', 2, 50, 1);
  if (picked === SUPERSEDED || picked?.kind !== 'span') throw new Error('nothing was picked');
  s.setSelection({ kind: 'span', track: 2, row: 'P0', details: picked });
  s.setWindow({ fromNanos: 6e5, toNanos: 8e5 });
  await idle();

  s.renew();
  expect(s.client.tiles.tile(10, 0, group)).toBeUndefined();
  expect([s.status, s.selection, s.procs]).toEqual(['opening', null, [0, 1, 2]]);
  serveTrace(
    id,
    fakeTrace({
      durationNanos: 7e5,
      procs: [0],
      spans: [{ track: 2, start: 20, end: 650_000, state: 'running', label: 'G9 other' }],
    }),
  );
  await s.start();
  await idle();
  expect([s.status, s.durationNanos, s.procs]).toEqual(['done', 7e5, [0]]);
  // As long as it was, inside the new trace.
  expect(s.window).toEqual({ fromNanos: 5e5, toNanos: 7e5 });
  expect(s.selection).toMatchObject({ kind: 'span', details: { title: 'G9 other' } });
  expect(s.client.tiles.tile(10, 0, group)?.block.tile).toBe(0);
  s.dispose();
});

it('shows the whole trace when the one that took its place is shorter than the window', async () => {
  const id = nextId++;
  const s = useTraceStore(id);
  serveTrace(id, fakeTrace(trace));
  await s.start();
  s.setWindow({ fromNanos: 6e5, toNanos: 8e5 });
  s.renew();
  serveTrace(id, fakeTrace({ ...trace, durationNanos: 1e5 }));
  await s.start();
  await idle();
  expect([s.placedWindow, s.window.toNanos]).toEqual([null, 1e5]);
  s.dispose();
});

it('keeps no facts of the trace before when the new file cannot be read', async () => {
  const id = nextId++;
  const s = useTraceStore(id);
  serveTrace(id, fakeTrace(trace));
  await s.start();
  s.renew();
  serveTrace(id, { ...fakeTrace(trace), index: () => Promise.reject(new Error('DAMAGED: Bad bytes.')) });
  await s.start();
  expect([s.status, s.info, s.error?.code]).toEqual(['failed', null, 'DAMAGED']);
  s.dispose();
});

it('keeps the picture when the bytes of its file are gone, and answers no more', async () => {
  const id = nextId++;
  const s = useTraceStore(id);
  serveTrace(id, fakeTrace(trace));
  await s.start();
  const group = { key: 'p0', tracks: [2] };
  s.client.tiles.want([{ level: 10, tile: 0, group }]);
  await idle();
  s.lose();
  await expect(s.client.pickSpan('click', 2, 50, 1)).rejects.toThrow('CHANGED');
  expect([s.status, s.client.tiles.tile(10, 0, group)?.block.tile]).toEqual(['done', 0]);
  s.dispose();
});

it('puts questions of pages with progress, and gives them up', async () => {
  const id = nextId++;
  let aborted = 0;
  serveTrace(
    id,
    fakeTrace(trace, {
      readTaskTypes: async (_input, ctx) => {
        ctx.progress({ done: 0.25 });
        return [];
      },
      readGc: (_input, ctx) =>
        new Promise((_ok, no) =>
          ctx.signal.addEventListener('abort', () => {
            aborted++;
            no(new Error('CANCELLED: Stopped'));
          }),
        ),
    }),
  );
  const { client } = useTraceStore(id);
  await idle();
  const scope = { window: null };
  const seen: number[] = [];
  expect(await client.ask.readTaskTypes({ scope }, { onProgress: (p) => seen.push(p.done) })).toEqual([]);
  expect(seen).toEqual([0.25]);
  const stop = new AbortController();
  const answer = client.ask.readGc({ scope }, { signal: stop.signal });
  await client.ask.readTaskTypes({ scope });
  stop.abort();
  await expect(answer).rejects.toThrow('CANCELLED');
  expect(aborted).toBe(1);
  await expect(client.ask.readGc({ scope }, { signal: stop.signal })).rejects.toThrow('CANCELLED');
  client.dispose();
});

it('keeps the range of pages within the trace; all of it is none', async () => {
  const id = nextId++;
  serveTrace(id, fakeTrace(trace));
  const store = useTraceStore(id);
  await store.start();
  store.setScopeWindow({ fromNanos: -5, toNanos: 100.2 });
  expect(store.scopeWindow).toEqual({ fromNanos: 0, toNanos: 101 });
  store.setScopeWindow({ fromNanos: -5, toNanos: 2 * trace.durationNanos });
  expect(store.scopeWindow).toBeNull();
  store.setScopeWindow({ fromNanos: 7, toNanos: 7 });
  expect(store.scopeWindow).toBeNull();
});

it('goes on with a process that takes the place of another, though that one never answers', async () => {
  const id = nextId++;
  const s = useTraceStore(id);
  serveTrace(id, { ...fakeTrace(trace), index: () => new Promise(() => undefined) });
  void s.start();
  expect(s.status).toBe('indexing');
  serveTrace(id, fakeTrace(trace));
  await idle();
  expect(s.status).toBe('done');
  s.dispose();
});
