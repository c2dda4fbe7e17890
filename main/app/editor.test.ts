import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { editorWords, mapSource, openInEditor, type EditorSettings } from './editor';

const settings = (over: Partial<EditorSettings>): EditorSettings => ({
  editor: 'custom',
  editorCommand: '',
  sourceMappings: [],
  ...over,
});

test('the longest mapping that fits, at a border between folders', () => {
  const mappings = [
    { from: '/build', to: '/home/me' },
    { from: '/build/deep', to: '/deep' },
    { from: '', to: '/never' },
  ];
  expect(mapSource('/build/main.go', mappings)).toBe('/home/me/main.go');
  expect(mapSource('/build/deep/a.go', mappings)).toBe('/deep/a.go');
  expect(mapSource('/builder/main.go', mappings)).toBe('/builder/main.go');
});

test('each preset gets file and line as arguments of their own', () => {
  const file = '/src/$(touch x); `id` && $& \'a\' "b".go';
  const words = (over: Partial<EditorSettings>, platform: NodeJS.Platform = 'linux') =>
    editorWords(settings(over), file, 84, platform);
  expect(words({ editor: 'vscode' })).toEqual(['code', '-g', `${file}:84`]);
  expect(words({ editor: 'goland' })).toEqual(['goland', '--line', '84', file]);
  expect(words({ editor: 'vim' })).toEqual(['x-terminal-emulator', '-e', 'vim', '+84', '--', file]);
  expect(words({ editor: 'vim' }, 'darwin').slice(-2)).toEqual(['84', file]);
  expect(words({ editorCommand: 'ed +{line} {file}' })).toEqual(['ed', '+84', file]);
  expect(words({ editorCommand: 'ed' })).toEqual(['ed', file]);
  expect(words({ editorCommand: ' ' })).toContain('empty');
  expect(words({ editor: 'none' })).toContain('No editor');
});

test('a file that is not there, or not whole, is said and nothing is started', async () => {
  const s = settings({ editorCommand: 'true' });
  expect(await openInEditor(s, 'main.go', 1)).toMatchObject({ opened: false });
  expect(await openInEditor(s, '-rf', 1)).toMatchObject({ opened: false });
  expect((await openInEditor(s, '/no/such/main.go', 1)).sentence).toContain('There is no file /no/such/main.go');
});

test.skipIf(process.platform === 'win32')('starts the program by itself: no shell reads the path', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'editor-'));
  const said = path.join(dir, 'said');
  const program = path.join(dir, 'my editor');
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > "${said}.part" && mv "${said}.part" "${said}"\n`);
  chmodSync(program, 0o755);
  const name = 'a; touch pwned; $(touch pwned) `id`.go';
  writeFileSync(path.join(dir, name), 'package main\n');
  const s = settings({
    editorCommand: `"${program}" +{line} {file}`,
    sourceMappings: [{ from: '/build', to: dir }],
  });
  expect(await openInEditor(s, `/build/${name}`, 7)).toEqual({ opened: true, sentence: `Opened ${name}:7.` });
  await vi.waitUntil(() => existsSync(said), { timeout: 10_000 });
  expect(readFileSync(said, 'utf8')).toBe(`+7\n${path.join(dir, name)}\n`);
  expect(existsSync(path.join(dir, 'pwned'))).toBe(false);
  expect((await openInEditor(settings({ editorCommand: `${dir}/none` }), program, 1)).sentence).toContain(
    'was not found',
  );
});
