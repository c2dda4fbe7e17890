// What the page cannot do, whatever happens inside it.
import { expect, test } from '@playwright/test';
import path from 'node:path';
import { launchApp, root, type Launched } from './launch';

let launched: Launched;
test.beforeAll(async () => {
  launched = await launchApp();
});
test.afterAll(() => launched.close());

interface PageGlobals {
  require?: unknown;
  process?: unknown;
  Buffer?: unknown;
  shell: Record<string, (input: unknown) => Promise<unknown>>;
}
declare const window: PageGlobals & { open(url: string): unknown; location: { href: string } };

test('there is no Node in the page, and no raw IPC', async () => {
  const types = await launched.page.evaluate(() => [
    typeof window.require,
    typeof window.process,
    typeof window.Buffer,
  ]);
  expect(types).toEqual(['undefined', 'undefined', 'undefined']);
  const names = await launched.page.evaluate(() => Object.keys(window.shell));
  expect(names).toContain('openDialog');
  expect(names.filter((n) => /ipc|invoke|send/i.test(n))).toEqual([]);
});

test('every window is sandboxed and isolated', async () => {
  const preferences = await launched.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((w) => {
      const p = (
        w.webContents as unknown as { getLastWebPreferences(): Electron.WebPreferences }
      ).getLastWebPreferences();
      return {
        sandbox: p.sandbox,
        contextIsolation: p.contextIsolation,
        nodeIntegration: p.nodeIntegration,
        webviewTag: p.webviewTag,
      };
    }),
  );
  expect(preferences).toEqual([{ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false }]);
});

test('the content security policy is strict and holds', async () => {
  const { page } = launched;
  const csp = await page.evaluate(async () => (await fetch('app://bundle/')).headers.get('content-security-policy'));
  expect(csp).toContain("default-src 'none'");
  expect(csp).not.toMatch(/unsafe-inline|unsafe-eval|https?:/);
  const result = await page.evaluate(async () => {
    const g = globalThis as unknown as {
      ran?: boolean;
      document: { createElement(n: string): { textContent: string }; head: { append(e: unknown): void } };
    };
    const script = g.document.createElement('script');
    script.textContent = 'globalThis.ran = true';
    g.document.head.append(script);
    // Not in the same turn: what the debugger itself runs may evaluate.
    const evaluated = await new Promise<string>((resolve) =>
      setTimeout(() => {
        try {
          resolve(String(new Function('return 1')()));
        } catch (e) {
          resolve((e as Error).name);
        }
      }, 0),
    );
    const fetched = await fetch('https://example.invalid/').then(
      () => 'answered',
      () => 'refused',
    );
    return { inline: g.ran ?? false, evaluated, fetched };
  });
  expect(result).toEqual({ inline: false, evaluated: 'EvalError', fetched: 'refused' });
});

test('only files of the bundle are served', async () => {
  const status = (url: string): Promise<number> => launched.page.evaluate(async (u) => (await fetch(u)).status, url);
  expect(await status('app://bundle/index.html')).toBe(200);
  for (const url of [
    'app://bundle/..%2f..%2fpackage.json',
    'app://bundle/%2e%2e/main/main.cjs',
    'app://bundle/nothing.js',
  ]) {
    expect(await status(url), url).toBe(404);
  }
});

test('navigation, new windows and permissions are denied', async () => {
  const { app, page } = launched;
  const before = page.url();
  await page.evaluate(() => {
    window.location.href = 'https://example.invalid/';
  });
  expect(await page.evaluate(() => window.open('https://example.invalid/') === null)).toBe(true);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  expect(page.url()).toBe(before);
  const permission = await page.evaluate(() =>
    (
      globalThis as unknown as { Notification: { requestPermission(): Promise<string> } }
    ).Notification.requestPermission(),
  );
  expect(permission).toBe('denied');
});

test('calls of a wrong shape are refused', async () => {
  const refusal = (method: string, input: unknown): Promise<string> =>
    launched.page.evaluate(
      ([m, i]) =>
        window.shell[m as string]!(i).then(
          () => 'answered',
          (e: Error) => e.message,
        ),
      [method, input] as const,
    );
  expect(await refusal('openPaths', { paths: ['../relative'] })).toContain('refused');
  expect(await refusal('openPaths', { paths: ['/a'], shell: 'rm' })).toContain('refused');
  expect(await refusal('closeTrace', { traceId: '1' })).toContain('refused');
  expect(await refusal('setTheme', { setting: 'url(javascript:)' })).toContain('refused');
  expect(await refusal('readRecents', null)).toBe('answered');
});

test('calls of another page are refused', async () => {
  const preload = path.join(root, 'dist/preload/preload.cjs');
  const answer = await launched.app.evaluate(async ({ BrowserWindow }, file) => {
    const stranger = new BrowserWindow({
      show: false,
      webPreferences: { preload: file, sandbox: true, contextIsolation: true },
    });
    await stranger.loadURL('data:text/html,<p>stranger');
    const said: unknown = await stranger.webContents.executeJavaScript(
      'shell.readRecents(null).then(() => "answered", (e) => e.message)',
    );
    stranger.destroy();
    return said;
  }, preload);
  expect(answer).toContain('refused: the sender is not a page of this app');
});
