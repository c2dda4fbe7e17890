// What must stand nowhere in the source of the app: each line here is a hole that a later change could open unseen.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(__dirname, '..');
const sources = (folder: string): { name: string; text: string }[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((f) => /\.(ts|vue|mjs|html)$/.test(f) && !/\.test\.ts$/.test(f))
    .map((f) => ({ name: `${folder}/${f}`, text: readFileSync(path.join(root, folder, f), 'utf8') }));
const withIt = (folders: readonly string[], pattern: RegExp): string[] =>
  folders
    .flatMap(sources)
    .filter((s) => pattern.test(s.text))
    .map((s) => s.name);

test('E2.6: nothing in the page becomes HTML, so that names of a trace are text whatever is in them', () => {
  expect(withIt(['renderer'], /v-html|innerHTML|outerHTML|insertAdjacentHTML|document\.write/)).toEqual([]);
});

test('E2.4: no address is handed to the system’s browser', () => {
  expect(withIt(['main', 'preload'], /openExternal/)).toEqual([]);
});

test('E7.6: no menu and no command opens the developer tools', () => {
  expect(withIt(['main', 'preload', 'contract'], /toggleDevTools|openDevTools/i)).toEqual([]);
});

test('E5.4: certificates are never waved through, and the page fetches nothing but its own files', () => {
  expect(withIt(['main', 'preload'], /rejectUnauthorized|certificate-error|setCertificateVerifyProc/)).toEqual([]);
  expect(withIt(['renderer'], /fetch\((?!'licenses\.json')|XMLHttpRequest|WebSocket|EventSource|sendBeacon/)).toEqual(
    [],
  );
});

test('E7.2: what we build for gets security fixes; what does not is told', () => {
  const { devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    devDependencies: { electron: string };
  };
  const [, oldest = ''] =
    /OLDEST_SUPPORTED_ELECTRON = (\d+)/.exec(readFileSync(path.join(root, 'main/app/app-info.ts'), 'utf8')) ?? [];
  expect(Number.parseInt(devDependencies.electron, 10)).toBeGreaterThanOrEqual(Number(oldest));
});
