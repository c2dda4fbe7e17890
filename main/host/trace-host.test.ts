import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CallContext } from '../../contract/rpc';
import type { TraceEngine } from './engine';
import { TraceHost } from './trace-host';
import { servedApi, traceApi, TRACE_METHODS } from './trace-shapes';

const root = path.resolve(__dirname, '../..');

/** The text of all files of the contract. */
const contract = readdirSync(path.join(root, 'contract'))
  .filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts'))
  .map((f) => readFileSync(path.join(root, 'contract', f), 'utf8'))
  .join('\n');

/** Names of the methods of an interface and of those that it extends, read from the source, so that none can be forgotten. */
function methodsOf(name: string): string[] {
  const [, parents, body] =
    new RegExp(`export interface ${name} (?:extends ([\\w, ]+) )?\\{([\\s\\S]*?)\\n\\}`).exec(contract) ?? [];
  const own = [...(body ?? '').matchAll(/^ {2}(\w+)\(/gm)].map((m) => m[1] ?? '');
  return [...own, ...(parents?.split(',') ?? []).flatMap((p) => methodsOf(p.trim()))];
}
const contractMethods = (): string[] => methodsOf('TraceApi');

class FakeEngine implements TraceEngine {
  calls: unknown[][] = [];
  finish: (json: string) => void = () => undefined;
  progress: (json: string) => void = () => undefined;
  cancelled = 0;
  index(onProgress: (json: string) => void): Promise<string> {
    this.calls.push(['index']);
    this.progress = onProgress;
    return new Promise((ok) => (this.finish = ok));
  }
  cancel(): void {
    this.cancelled++;
  }
  readInfo(): string {
    throw new Error('NOT_FOUND: it is not open yet');
  }
  readTile(...args: unknown[]): Promise<never> {
    this.calls.push(['readTile', ...args]);
    return Promise.resolve({ level: 3 } as never);
  }
  readCounters(...args: unknown[]): Promise<never> {
    this.calls.push(['readCounters', ...args]);
    return Promise.resolve({} as never);
  }
  cancelTile(id: number): void {
    this.calls.push(['cancelTile', id]);
  }
  readCountersAt(at: number): Promise<string> {
    return Promise.resolve(`{"atNanos":${at}}`);
  }
  pickSpan(): Promise<string> {
    return Promise.resolve('null');
  }
  readAdjacentSpan(): Promise<string> {
    return Promise.resolve('{"kind":"span"}');
  }
  ask(id: number, method: string, input: string, onProgress: (done: number) => void): Promise<string> {
    this.calls.push(['ask', id, method, input]);
    onProgress(0.5);
    return new Promise((ok) => (this.finish = ok));
  }
  cancelAsk(id: number): void {
    this.calls.push(['cancelAsk', id]);
  }
}

function call(): { ctx: CallContext; abort: () => void; seen: unknown[] } {
  const stop = new AbortController();
  const seen: unknown[] = [];
  return { ctx: { signal: stop.signal, progress: (p) => seen.push(p) }, abort: () => stop.abort(), seen };
}

test('every method of the contract is served', () => {
  expect(contractMethods().length).toBeGreaterThan(5);
  expect([...TRACE_METHODS].sort()).toEqual(contractMethods().sort());
  const api = servedApi(traceApi(new TraceHost(new FakeEngine())));
  for (const m of contractMethods()) expect(Object.hasOwn(api, m), m).toBe(true);
});

const addonTypes = path.join(root, 'native-parse/dist/index.d.ts');
test.skipIf(!existsSync(addonTypes))('the addon has every method that the host calls', () => {
  const text = readFileSync(addonTypes, 'utf8');
  const pages = ['AnswersApi', 'TablesApi', 'RowsApi', 'SearchApi', 'CompareApi'];
  const asked = pages.flatMap(methodsOf);
  const own = contractMethods().filter((m) => !asked.includes(m));
  expect(own.length).toBeGreaterThan(5);
  for (const m of [...own, 'cancel', 'ask', 'cancelAsk', 'cancelTile']) expect(text).toMatch(new RegExp(`\\b${m}\\(`));
});

describe('index', () => {
  test('two calls share one run and both see its progress', async () => {
    const engine = new FakeEngine();
    const host = new TraceHost(engine);
    const [a, b] = [call(), call()];
    const answers = Promise.all([host.index(null, a.ctx), host.index(null, b.ctx)]);
    engine.progress('{"doneBytes":1}');
    engine.finish('{"status":"done"}');
    expect(await answers).toEqual([{ status: 'done' }, { status: 'done' }]);
    expect([a.seen, b.seen]).toEqual([[{ doneBytes: 1 }], [{ doneBytes: 1 }]]);
    expect(engine.calls).toEqual([['index']]);
  });

  test('F17: is cancelled when the last call was aborted; the next one goes on', async () => {
    const engine = new FakeEngine();
    const host = new TraceHost(engine);
    const [a, b] = [call(), call()];
    const answer = host.index(null, a.ctx);
    void host.index(null, b.ctx);
    a.abort();
    expect(engine.cancelled).toBe(0);
    b.abort();
    expect(engine.cancelled).toBe(1);
    engine.finish('{"status":"cancelled"}');
    expect(await answer).toEqual({ status: 'cancelled' });
    void host.index(null, call().ctx);
    expect(engine.calls).toEqual([['index'], ['index']]);
  });
});

describe('an index run that was begun before anybody asked', () => {
  test("is the first call's, which is told at once how far it is", async () => {
    const engine = new FakeEngine();
    const host = new TraceHost(engine);
    host.begin();
    engine.progress('{"doneBytes":1}');
    engine.progress('{"doneBytes":2}');
    const { ctx, seen } = call();
    const answer = host.index(null, ctx);
    engine.progress('{"doneBytes":3}');
    engine.finish('{"status":"done"}');
    expect(await answer).toEqual({ status: 'done' });
    expect(seen).toEqual([{ doneBytes: 2 }, { doneBytes: 3 }]);
    expect(engine.calls).toEqual([['index']]);
  });

  test("that has ended is the first call's too, though it failed", async () => {
    const engine = new FakeEngine();
    engine.index = () => {
      engine.calls.push(['index']);
      return Promise.reject(new Error('EMPTY'));
    };
    const host = new TraceHost(engine);
    host.begin();
    await new Promise((ok) => setImmediate(ok));
    await expect(host.index(null, call().ctx)).rejects.toThrow('EMPTY');
    expect(engine.calls).toEqual([['index']]);
    // Whoever asks again has it read again.
    await expect(host.index(null, call().ctx)).rejects.toThrow('EMPTY');
    expect(engine.calls).toHaveLength(2);
  });

  test('is cancelled when the call that joined it was aborted', async () => {
    const engine = new FakeEngine();
    const host = new TraceHost(engine);
    host.begin();
    const { ctx, abort } = call();
    const answer = host.index(null, ctx);
    abort();
    expect(engine.cancelled).toBe(1);
    engine.finish('{"status":"cancelled"}');
    await answer;
  });
});

describe('a question of a page', () => {
  const scope = { window: null };

  test('goes out and comes back as JSON, with progress', async () => {
    const engine = new FakeEngine();
    const { ctx, seen } = call();
    const answer = servedApi(traceApi(new TraceHost(engine))).readGoroutineGroups({ scope }, ctx);
    await Promise.resolve();
    engine.finish('[{"name":"main.main"}]');
    expect(await answer).toEqual([{ name: 'main.main' }]);
    expect(engine.calls).toEqual([['ask', 1, 'readGoroutineGroups', '{"scope":{"window":null}}']]);
    expect(seen).toEqual([{ done: 0.5 }]);
  });

  test('is given up when its call is aborted, before and after it went out', async () => {
    const engine = new FakeEngine();
    const api = servedApi(traceApi(new TraceHost(engine)));
    const [a, b] = [call(), call()];
    a.abort();
    await expect(api.readGc({ scope }, a.ctx)).rejects.toThrow('CANCELLED');
    const answer = api.readGc({ scope }, b.ctx);
    await Promise.resolve();
    b.abort();
    expect(engine.calls.map((c) => c[0])).toEqual(['ask', 'cancelAsk']);
    engine.finish('{}');
    await expect(answer).rejects.toThrow('CANCELLED');
  });

  test('of the picture too, as long as it is under way', async () => {
    const engine = new FakeEngine();
    const api = servedApi(traceApi(new TraceHost(engine)));
    const [a, b, c] = [call(), call(), call()];
    a.abort();
    await expect(api.readTile({ level: 3, tile: 0, tracks: [0] }, a.ctx)).rejects.toThrow('CANCELLED');
    const tile = api.readTile({ level: 3, tile: 0, tracks: [0] }, b.ctx);
    const curves = api.readCounters({ level: 3, tile: 0 }, c.ctx);
    b.abort();
    await Promise.all([tile, curves]);
    c.abort();
    expect(engine.calls.map((x) => x.slice(0, 2))).toEqual([
      ['readTile', 1],
      ['readCounters', 2],
      ['cancelTile', 1],
    ]);
  });

  test('gives bytes as bytes', async () => {
    const engine = new FakeEngine();
    const question = {
      profile: 'sync',
      scope: { ...scope, goroutine: null, function: null, region: null, task: null },
      side: 'waker',
    } as const;
    const answer = servedApi(traceApi(new TraceHost(engine))).exportPprof(question, call().ctx);
    await Promise.resolve();
    engine.finish('{"base64":"H4sI/w=="}');
    expect(await answer).toEqual(Uint8Array.of(0x1f, 0x8b, 0x08, 0xff));
  });
});

describe('arguments', () => {
  const engine = new FakeEngine();
  const api = servedApi(traceApi(new TraceHost(engine)));
  const { ctx } = call();

  test('reach the engine as it wants them', async () => {
    expect(await api.readTile({ level: 3, tile: 0, tracks: [0, 5] }, ctx)).toEqual({ level: 3 });
    expect(engine.calls.at(-1)).toEqual(['readTile', 1, 3, 0, Uint32Array.of(0, 5), false]);
    expect(await api.pickSpan({ track: 2, atNanos: 1, toleranceNanos: 0 }, ctx)).toBeNull();
    expect(await api.readCountersAt({ atNanos: 9 }, ctx)).toEqual({ atNanos: 9 });
    await expect(api.readInfo(null, ctx)).rejects.toThrow('NOT_FOUND');
  });

  test.each([
    ['readTile', { level: 99, tile: 0, tracks: [0] }],
    ['readTile', { level: 1, tile: -1, tracks: [0] }],
    ['readTile', { level: 1, tile: 0, tracks: [] }],
    ['readTile', { level: 1, tile: 0, tracks: Array.from({ length: 33 }, () => 0) }],
    ['readTile', { level: 1, tile: 0, tracks: [0], more: 1 }],
    ['readCounters', null],
    ['readCountersAt', { atNanos: Number.NaN }],
    ['pickSpan', { track: 1.5, atNanos: 0, toleranceNanos: 0 }],
    ['readAdjacentSpan', { track: 1, fromNanos: 0, direction: 0 }],
    ['index', { path: '/etc/passwd' }],
    ['readGc', { scope: { window: { fromNanos: 0 } } }],
    ['readDistribution', { scope: { window: null }, function: 'main.main', measure: 'color' }],
    ['readRows', { tableId: 1, from: 0, count: 501 }],
  ] as const)('of the wrong shape are refused: %s %j', async (method, input) => {
    const run = api[method] as (i: unknown, c: CallContext) => Promise<unknown>;
    await expect(run(input, ctx)).rejects.toThrow(`INTERNAL: ${method}`);
  });
});
