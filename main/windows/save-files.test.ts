import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SaveFiles } from './save-files';

let dir = '';
beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'tracewell-save-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const saver = (name = 'a.csv'): SaveFiles => new SaveFiles(() => Promise.resolve(path.join(dir, name)));

it('writes in order, and gives the name when it is whole', async () => {
  const files = saver();
  writeFileSync(path.join(dir, 'a.csv'), 'before');
  const { saveId } = (await files.startSave({ suggestedName: '../x/a.csv', kind: 'csv' }))!;
  await Promise.all(
    ['one,', 'two,', new TextEncoder().encode('three')].map((chunk) => files.writeSave({ saveId, chunk })),
  );
  expect(readFileSync(path.join(dir, 'a.csv'), 'utf8')).toBe('before');
  expect(await files.endSave({ saveId, keep: true })).toBe(path.join(dir, 'a.csv'));
  expect(readFileSync(path.join(dir, 'a.csv'), 'utf8')).toBe('one,two,three');
  expect(readdirSync(dir)).toEqual(['a.csv']);
});

it('leaves nothing of what was not kept, and of what the page left behind', async () => {
  const files = saver();
  const { saveId } = (await files.startSave({ suggestedName: 'a.csv', kind: 'csv' }))!;
  await files.writeSave({ saveId, chunk: 'half' });
  await files.endSave({ saveId, keep: false });
  await files.startSave({ suggestedName: 'b.csv', kind: 'csv' });
  await files.dropAll();
  expect(readdirSync(dir)).toEqual([]);
  await expect(files.writeSave({ saveId, chunk: 'more' })).rejects.toThrow('has ended already');
});

it('asks under the last element of the name only, and takes no for an answer', async () => {
  let asked = '';
  const files = new SaveFiles((name) => ((asked = name), Promise.resolve(null)));
  expect(await files.startSave({ suggestedName: '../../etc/a.csv', kind: 'csv' })).toBeNull();
  expect(asked).toBe('a.csv');
});

it('says in a sentence why it cannot be written', async () => {
  await expect(saver('none/a.csv').startSave({ suggestedName: 'a.csv', kind: 'csv' })).rejects.toThrow(
    'a.csv could not be written: the folder is not there.',
  );
});
