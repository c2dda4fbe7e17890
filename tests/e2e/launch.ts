// Starts the built app for a test: with data of its own, so that tests neither see nor disturb each other or the user.
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const root = path.resolve(__dirname, '../..');

/** What starts the app in `root`, once Playwright has got hold of it. */
const heldApp = path.join(__dirname, 'held-app');

/** Where the fixtures' traces are. */
export const traces = path.join(root, 'tests/fixtures/traces');
export const broken = path.join(root, 'tests/fixtures/broken');

export interface LaunchOptions {
  /** Opened at the start, as from the command line. */
  readonly files?: readonly string[];
  /** Kept by who passes it, for example to start again on the same data; else a new folder that `close` removes. */
  readonly dataDir?: string;
  /** The tabs of the session before come back, as in an ordinary start; else a test has the files that it names. */
  readonly restore?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Further switches of Chromium or Electron. */
  readonly switches?: readonly string[];
  /** Of the window's contents; null leaves it as the app made it. */
  readonly size?: { readonly width: number; readonly height: number } | null;
}

export interface Launched {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Warnings and errors of the page's console, and errors that nobody caught. A good test ends with none. */
  readonly errors: string[];
  readonly dataDir: string;
  close(): Promise<void>;
}

/** Starts the app and waits until its page is idle. */
export async function launchApp(options: LaunchOptions = {}): Promise<Launched> {
  const { files = [], env = {}, switches = [], size = { width: 1440, height: 900 } } = options;
  const executablePath = process.env['ELECTRON_PATH'];
  if (!executablePath) throw new Error('ELECTRON_PATH is not set: run the tests with npm run e2e');
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'tracewell-e2e-'));
  const app = await _electron.launch({
    executablePath,
    // Chromium refuses its sandbox as root; `npm test` runs the same tests once more as a user without rights.
    // N.B. Playwright adds --no-sandbox by itself unless this is true.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--lang=en-US',
      '--force-device-scale-factor=1',
      `--user-data-dir=${path.join(dataDir, 'profile')}`,
      ...(options.restore ? [] : ['--no-restore']),
      ...switches,
      heldApp,
      ...files,
    ],
    env: {
      ...(process.env as Record<string, string>),
      LC_ALL: 'C.UTF-8',
      TRACEWELL_DATA_DIR: dataDir,
      TRACEWELL_CACHE_DIR: path.join(dataDir, 'cache'),
      ...env,
    },
  });
  const errors: string[] = [];
  const page = await app.firstWindow();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('pageerror', (e) => errors.push(String(e)));
  page.on('crash', () => errors.push('the page crashed'));
  if (size) {
    await app.evaluate(({ BrowserWindow }, { width, height }) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
    }, size);
  }
  await waitForIdle(page);
  return {
    app,
    page,
    errors,
    dataDir,
    async close() {
      await app.close();
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Tracewell {
  idle(): Promise<void>;
  busyReasons(): string[];
}

const IDLE_TIMEOUT_MS = 30_000;

/** Waits until no request, redraw or animation of the page is pending; tests never sleep. */
export async function waitForIdle(page: Page): Promise<void> {
  await page.waitForFunction(() => '__tracewell' in globalThis);
  const busy = await page.evaluate(async (timeoutMs) => {
    const { __tracewell: tracewell } = globalThis as unknown as { __tracewell: Tracewell };
    const late = new Promise<string[]>((resolve) => setTimeout(() => resolve(tracewell.busyReasons()), timeoutMs));
    return Promise.race([tracewell.idle().then(() => null), late]);
  }, IDLE_TIMEOUT_MS);
  if (busy) throw new Error(`the page is still busy after ${IDLE_TIMEOUT_MS / 1000} s: ${busy.join(', ')}`);
}
