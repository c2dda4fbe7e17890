// What the page cannot do, whatever happens inside it.
import { expect, test } from '@playwright/test';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
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

test('E1.2: there is no Node in the page, and no raw IPC', async () => {
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

test('E1.1: every window is sandboxed and isolated', async () => {
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

test('E2.1: the content security policy is strict and holds', async () => {
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

test('E2.2: only files of the bundle are served', async () => {
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

test('E2.3, E2.5: navigation, new windows and permissions are denied', async () => {
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

test('E3.2: calls of a wrong shape are refused', async () => {
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

test('E3.1: calls of another page are refused', async () => {
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

test('F195, F169, E6.1: no request leaves the app, at the start and while a trace is read', async () => {
  const fresh = await launchApp({ files: [path.join(root, 'tests/fixtures/traces/go1.26-gcheavy.trace')] });
  // Listens from here on, and loads the whole page again, so that its start is seen too.
  const asked = await fresh.app.evaluate(async ({ BrowserWindow, session }) => {
    const urls: string[] = [];
    session.defaultSession.webRequest.onBeforeRequest((details, go) => {
      urls.push(details.url);
      go({});
    });
    const contents = BrowserWindow.getAllWindows()[0]!.webContents;
    const loaded = new Promise<void>((ok) => contents.once('did-finish-load', () => ok()));
    contents.reload();
    await loaded;
    return contents.executeJavaScript('window.__tracewell.idle()').then(() => urls);
  });
  // The bundle's own files are not all told of, but the page is.
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((url) => !url.startsWith('app://bundle/') && !/^(data|blob|devtools):/.test(url))).toEqual([
    // Main reads the files of the bundle itself.
    ...asked.filter((url) => url.startsWith('file://')),
  ]);
  for (const url of asked.filter((u) => u.startsWith('file://'))) expect(url).toContain('/dist/renderer/');
  await fresh.close();
});

test('F196, E8.1: no process of the app listens on a port', async () => {
  test.skip(process.platform !== 'linux', 'reads /proc');
  const pids = await launched.app.evaluate(({ app }) => app.getAppMetrics().map((m) => m.pid));
  expect(pids.length).toBeGreaterThan(1);
  const sockets = new Set<string>();
  for (const pid of pids) {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const link = /^socket:\[(\d+)\]$/.exec(readlinkSafe(`/proc/${pid}/fd/${fd}`));
      if (link) sockets.add(link[1]!);
    }
  }
  const listening: string[] = [];
  for (const table of ['tcp', 'tcp6']) {
    for (const line of readFileSync(`/proc/${pids[0]}/net/${table}`, 'utf8').split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      // 0A: the socket waits for connections.
      if (columns[3] === '0A' && sockets.has(columns[9] ?? '')) listening.push(columns[1] ?? '');
    }
  }
  // The tests' own driver has main's debugger, which an ordinary start does not open.
  const debuggers = launched.app.process().spawnargs.filter((a) => /^--(inspect|remote-debugging-port)/.test(a)).length;
  expect(listening.length).toBeLessThanOrEqual(debuggers);
});

function readlinkSafe(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

test('E3.2: no handler of the shell falls over anything that is thrown at it', async () => {
  const { page } = launched;
  const results = await page.evaluate(async () => {
    const bridge = window.shell;
    const values: unknown[] = [
      undefined,
      0,
      -1,
      NaN,
      '',
      'x'.repeat(10_000),
      [],
      {},
      { traceId: 1e99 },
      { path: '/\0' },
      { path: 'relative', paths: [3] },
      { setting: '__proto__', pages: 'all', tabs: [{}], enabled: ['rm -rf'], step: 2, file: 7, line: -1, text: 1 },
      { theme: 'pink' },
      { restoreSession: 'yes' },
      new Date(),
      new Map([[1, 2]]),
    ];
    // N.B. those that take nothing would open a dialog or the sample when they are asked rightly; none of these values is right.
    const names = Object.keys(bridge).filter((n) => !['on', 'pathOfFile'].includes(n));
    let refused = 0;
    const answered: string[] = [];
    for (const name of names) {
      for (const value of values) {
        await bridge[name]!(value).then(
          () => answered.push(`${name} ${JSON.stringify(value)}`),
          (e: Error) => void (e.message.includes('refused') && refused++),
        );
      }
    }
    return { calls: names.length * values.length, refused, answered };
  });
  // What names no setting changes none, and is answered with what they are.
  expect(results.answered.filter((a) => !a.startsWith('changeSettings '))).toEqual([]);
  expect(results.refused + results.answered.length).toBe(results.calls);
  expect(await launched.app.evaluate(({ app }) => app.isReady())).toBe(true);
});
