import { beforeEach, expect, test } from 'vitest';
import type { FileChange } from '../../contract/shell-api';
import type { FileStamp } from './file-stamp';
import { FileWatches, REST_MS } from './file-watches';

const stamp = (over: { inode?: bigint; size?: bigint; modifiedNanos?: bigint; text?: string } = {}): FileStamp => {
  const { inode = 1n, size = 100n, modifiedNanos = 0n, text = 'a' } = over;
  return { device: 0n, inode, size, modifiedNanos, head: Buffer.from(text), tail: Buffer.from(text) };
};

/** The file as it is, its events and the clock. */
let now: FileStamp | null | Error;
let event: () => void;
let watched: number;
let timers: Map<() => void, number>;
let changes: FileChange[];
let files: FileWatches;
const kinds = (): (string | null)[] => changes.map((c) => c.kind);
const settle = (): Promise<void> => new Promise((ok) => setImmediate(ok));
async function happens(next: typeof now): Promise<void> {
  now = next;
  event();
  await settle();
}
/** What waits now is due. */
async function restOnce(): Promise<void> {
  for (const f of [...timers.keys()]) {
    timers.delete(f);
    f();
  }
  await settle();
}
/** The file is left alone from now on. */
async function rest(): Promise<void> {
  while (timers.size > 0) await restOnce();
}

beforeEach(async () => {
  now = stamp();
  watched = 0;
  timers = new Map();
  changes = [];
  files = new FileWatches({
    watchFile: (_file, onEvent) => {
      event = onEvent;
      watched++;
      return () => void watched--;
    },
    readStamp: () => (now instanceof Error ? Promise.reject(now) : Promise.resolve(now)),
    after: (ms, f) => {
      expect(ms).toBe(REST_MS);
      timers.set(f, ms);
      return () => void timers.delete(f);
    },
    onChange: (c) => changes.push(c),
  });
  expect(await files.begin(1, '/a')).toBe(false);
});

test('a file that is renamed over is told once, at rest', async () => {
  await happens(stamp({ inode: 2n, size: 10n }));
  await happens(stamp({ inode: 2n, size: 50n }));
  expect(changes).toEqual([]);
  await rest();
  expect(changes).toEqual([{ traceId: 1, kind: 'replaced', bytesLost: false }]);
  await happens(stamp({ inode: 2n, size: 60n }));
  await rest();
  expect(changes).toHaveLength(1);
  expect(timers.size).toBe(0);
});

test('a file that grows without events is waited for', async () => {
  await happens(stamp({ size: 150n }));
  now = stamp({ size: 170n });
  await restOnce();
  expect(changes).toEqual([]);
  await restOnce();
  expect(kinds()).toEqual(['replaced']);
});

test('lost bytes are told at once and stay lost; the kind follows', async () => {
  await happens(stamp({ size: 0n, modifiedNanos: 1n, text: '' }));
  expect(changes).toEqual([{ traceId: 1, kind: 'truncated', bytesLost: true }]);
  await happens(stamp({ size: 80n, modifiedNanos: 2n, text: 'b' }));
  await rest();
  expect(changes.at(-1)).toEqual({ traceId: 1, kind: 'replaced', bytesLost: true });
  // Even the same bytes again are not those that the engine began to read.
  await happens(stamp({ modifiedNanos: 3n }));
  await rest();
  expect(changes).toHaveLength(2);
});

test('a file that goes and comes back is not told, or taken back', async () => {
  await happens(null);
  await happens(stamp());
  await rest();
  expect(changes).toEqual([]);
  await happens(null);
  await rest();
  await happens(stamp());
  await rest();
  expect(kinds()).toEqual(['deleted', null]);
});

test('a look tells without waiting', async () => {
  expect(await files.look(1)).toBe(false);
  now = null;
  expect(await files.look(1)).toBe(true);
  expect(kinds()).toEqual(['deleted']);
  expect(await files.look(7)).toBe(false);
});

test('a file that may not be looked at is taken to be as it was', async () => {
  await happens(new Error('EACCES'));
  await rest();
  expect(changes).toEqual([]);
});

test('opened again, the new file is the one that is compared with', async () => {
  await happens(stamp({ inode: 2n }));
  expect(await files.begin(1, '/a')).toBe(true);
  expect(watched).toBe(1);
  await rest();
  expect(changes).toEqual([]);
  expect(await files.begin(1, '/a')).toBe(false);
  // One that is not there when it is opened again does not make forget what was.
  now = null;
  expect(await files.begin(1, '/a')).toBe(false);
  now = stamp({ inode: 3n });
  expect(await files.begin(1, '/a')).toBe(true);
});

test('a closed trace is not watched', async () => {
  await files.begin(2, '/b');
  event();
  files.endAll();
  expect([watched, timers.size]).toEqual([0, 0]);
  await settle();
  expect(changes).toEqual([]);
});

test('all files are looked at when asked', async () => {
  now = null;
  files.lookAtAll();
  await settle();
  await rest();
  expect(kinds()).toEqual(['deleted']);
});
