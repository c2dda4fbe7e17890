import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { CONTENT_SECURITY_POLICY, fileOfUrl, handleAppScheme, policyOf, readAhead } from './app-protocol';

interface Answer {
  statusCode?: number;
  data: Buffer;
  headers: Record<string, string>;
}
type Handler = (request: { url: string }, callback: (answer: unknown) => void) => void;
const electron = vi.hoisted(() => ({ answer: (() => undefined) as Handler }));
vi.mock('electron', () => ({
  protocol: { registerBufferProtocol: (_scheme: string, answer: Handler) => (electron.answer = answer) },
}));

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

test('files come with their type and the policy, read ahead or not; nothing else does', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'tracewell-bundle-'));
  await mkdir(path.join(dir, 'assets'));
  await writeFile(path.join(dir, 'index.html'), '<script src="/assets/a.js"></script><link href="/assets/gone.css" />');
  await writeFile(path.join(dir, 'assets/a.js'), 'first');
  const get = (url: string): Promise<Answer> =>
    new Promise((ok) => electron.answer({ url }, (answer) => ok(answer as Answer)));
  try {
    const ahead = readAhead(dir);
    await vi.waitFor(() =>
      expect([...ahead.keys()].map((f) => path.basename(f))).toEqual(['index.html', 'a.js', 'gone.css']),
    );
    await ahead.get(path.join(dir, 'assets/a.js'));
    let appBegins = (): void => undefined;
    const pageGiven = handleAppScheme(dir, ahead, new Promise((ok) => (appBegins = ok)));
    await writeFile(path.join(dir, 'assets/a.js'), 'second');
    const page = await get('app://bundle/?theme=dark');
    await pageGiven;
    expect(page.headers).toMatchObject({
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'X-Content-Type-Options': 'nosniff',
    });
    // A script would ask the app: it waits until that stands.
    let script: Answer | null = null;
    const scriptGiven = get('app://bundle/assets/a.js').then((answer) => (script = answer));
    expect((await get('app://bundle/assets/gone.css')).statusCode).toBe(404);
    expect(script).toBeNull();
    appBegins();
    // What was read ahead is for the first who asks; a window that is drawn anew reads again.
    expect((await scriptGiven).data.toString()).toBe('first');
    expect((await get('app://bundle/assets/a.js')).data.toString()).toBe('second');
    for (const url of ['app://bundle/assets/gone.css', 'app://bundle/assets/none.js', 'app://other/index.html'])
      expect((await get(url)).statusCode, url).toBe(404);
  } finally {
    await rm(dir, { recursive: true });
  }
});
