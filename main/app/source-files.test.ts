import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MOST_SOURCE_BYTES } from '../../contract/source-api';
import { SourceFiles } from './source-files';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tracewell-source-'));
  mkdirSync(path.join(folder, 'app/pkg'), { recursive: true });
  writeFileSync(path.join(folder, 'app/main.go'), 'package main\n');
  writeFileSync(path.join(folder, 'app/pkg/p.go'), 'package pkg\n');
  writeFileSync(path.join(folder, 'secret.go'), 'package secret\n');
  writeFileSync(path.join(folder, 'app/key.pem'), 'secret');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('reads nothing before a folder is chosen, even where the path is right', async () => {
  const files = new SourceFiles();
  expect(await files.read(path.join(folder, 'app/main.go'))).toEqual({
    reason: 'Sources are read only from folders that you choose.',
  });
});

it('finds a file and its neighbours in a chosen folder', async () => {
  const files = new SourceFiles();
  expect(await files.learn('/build/src/app/main.go', path.join(folder, 'app'))).toBe(true);
  expect(await files.read('/build/src/app/main.go')).toEqual({ text: 'package main\n' });
  expect(await files.read('/build/src/app/pkg/p.go')).toEqual({ text: 'package pkg\n' });
  expect(await files.read('/build/src/app/none.go')).toEqual({ reason: 'It is not in the folder that you chose.' });
  expect(await files.read('/elsewhere/main.go')).toHaveProperty('reason');
});

it('does not leave the folder, by dots or by a link, and reads only programs', async () => {
  const files = new SourceFiles();
  await files.learn('/src/app/main.go', path.join(folder, 'app'));
  symlinkSync(path.join(folder, 'secret.go'), path.join(folder, 'app/link.go'));
  symlinkSync(path.join(folder, 'app/key.pem'), path.join(folder, 'app/key.go'));
  for (const file of ['../secret.go', 'link.go', 'key.go', 'key.pem'])
    expect(await files.read(`/src/app/${file}`), file).toHaveProperty('reason');
  expect(await files.learn('/src/../app/main.go', folder)).toBe(false);
});

it('does not show what is too large', async () => {
  const files = new SourceFiles();
  await files.learn('/src/app/main.go', path.join(folder, 'app'));
  writeFileSync(path.join(folder, 'app/big.go'), Buffer.alloc(MOST_SOURCE_BYTES + 1, 0x20));
  expect(await files.read('/src/app/big.go')).toEqual({ reason: 'The file is too large to be shown.' });
});

it('F81: a source mapping of Settings reaches the sources of profiles, as it is at that moment, and leads nowhere else', async () => {
  let mappings: readonly { from: string; to: string }[] = [];
  const files = new SourceFiles(() => mappings);
  expect(await files.read('/build/src/app/main.go')).toHaveProperty('reason');
  mappings = [
    { from: '/build/src', to: folder },
    { from: '', to: folder },
    { from: '/relative', to: 'app' },
  ];
  expect(await files.read('/build/src/app/main.go')).toEqual({ text: 'package main\n' });
  expect(await files.read('/build/src/app/pkg/p.go')).toEqual({ text: 'package pkg\n' });
  for (const file of [
    '/build/source/app/main.go',
    '/build/src/../main.go',
    '/build/src/app/key.pem',
    '/relative/main.go',
  ])
    expect(await files.read(file), file).toHaveProperty('reason');
  mappings = [];
  expect(await files.read('/build/src/app/main.go')).toHaveProperty('reason');
});
