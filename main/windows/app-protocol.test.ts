import { expect, test, vi } from 'vitest';
import { CONTENT_SECURITY_POLICY, fileOfUrl, policyOf } from './app-protocol';

vi.mock('electron', () => ({ net: {}, protocol: {} }));

test.each([
  ['app://bundle/', '/dist/renderer/index.html'],
  ['app://bundle/?theme=dark', '/dist/renderer/index.html'],
  ['app://bundle/assets/a%20b.js', '/dist/renderer/assets/a b.js'],
  ['app://bundle/../../package.json', '/dist/renderer/package.json'],
  ['app://bundle/..%2f..%2fpackage.json', '/dist/renderer/package.json'], // stays inside
  ['app://bundle/%00', null],
  ['app://bundle/%ff', null],
  ['app://other/index.html', null],
])('%s is %s', (url, file) => {
  expect(fileOfUrl('/dist/renderer', url)).toBe(file);
});

test('only the thread that lays out graphs may compile WebAssembly', () => {
  expect(policyOf('/assets/graph-worker-Djog_E-g.js')).toContain("'wasm-unsafe-eval'");
  for (const path of [
    '/',
    '/index.html',
    '/assets/index-a.js',
    '/x/assets/graph-worker-a.js',
    '/assets/graph-worker-a.html',
  ])
    expect(policyOf(path), path).toBe(CONTENT_SECURITY_POLICY);
  expect(CONTENT_SECURITY_POLICY).not.toContain('unsafe');
});
