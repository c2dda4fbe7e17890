import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readStamp, sameStamp, stateOf, type FileStamp } from './file-stamp';

const dir = mkdtempSync(path.join(tmpdir(), 'file-stamp-'));
const file = path.join(dir, 'a.trace');
const CONTENT = `head${'x'.repeat(20_000)}tail`;
let opened: FileStamp;
beforeEach(async () => {
  writeFileSync(file, CONTENT);
  opened = (await readStamp(file))!;
});
const now = (): Promise<FileStamp | null> => readStamp(file, opened.size);
/** Another time, whatever the clock's grain is. */
const later = (): void => utimesSync(file, 1e9, 1e9);

test('reads both ends, and nothing of a file that is not there', async () => {
  expect([opened.size, opened.head.length, opened.tail.subarray(-4).toString()]).toEqual([20_008n, 4096, 'tail']);
  expect(await readStamp(path.join(dir, 'none'))).toBeNull();
  expect(await readStamp(path.join(file, 'inside'))).toBeNull();
  expect(sameStamp(opened, await now())).toBe(true);
});

test.each<[string, () => void, ReturnType<typeof stateOf>]>([
  ['nothing', () => undefined, { kind: null, bytesLost: false }],
  ['touched', later, { kind: null, bytesLost: false }],
  ['deleted', () => rmSync(file), { kind: 'deleted', bytesLost: false }],
  [
    'renamed over',
    () => {
      writeFileSync(`${file}.new`, CONTENT);
      renameSync(`${file}.new`, file);
    },
    { kind: 'replaced', bytesLost: false },
  ],
  ['appended to', () => appendFileSync(file, 'more'), { kind: 'replaced', bytesLost: false }],
  ['cut short', () => truncateSync(file, 5000), { kind: 'truncated', bytesLost: true }],
  ['emptied', () => truncateSync(file, 0), { kind: 'truncated', bytesLost: true }],
  ['overwritten by a shorter one', () => writeFileSync(file, 'other'), { kind: 'replaced', bytesLost: true }],
  [
    'overwritten by one as long',
    () => writeFileSync(file, `HEAD${CONTENT.slice(4)}`),
    { kind: 'replaced', bytesLost: true },
  ],
  [
    'overwritten by a longer one that begins alike',
    () => writeFileSync(file, `head${'y'.repeat(40_000)}`),
    { kind: 'replaced', bytesLost: true },
  ],
])('%s', async (_what, change, state) => {
  change();
  expect(stateOf(opened, await now())).toEqual(state);
});

test('a folder in its place is another file', async () => {
  rmSync(file);
  mkdirSync(file);
  expect(stateOf(opened, await now())).toEqual({ kind: 'replaced', bytesLost: false });
  rmSync(file, { recursive: true });
});
