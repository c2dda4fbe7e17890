// The app, opened on a file in folders of its own, as the benches of pages and of View trace drive it.
import { _electron } from '@playwright/test';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './reference.mjs';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').ElectronApplication} ElectronApplication */

/** Waits until all is read and drawn. @param {Page} page */
export const idle = (page) => page.evaluate(() => /** @type {any} */ (globalThis).__tracewell.idle());

/** Of a core: what the processes of an app take that does nothing is below it. */
const QUIET_PERCENT = 3;

/**
 * Waits until the processes of traces have done what they do behind the picture: what is kept for later is made, and takes
 * no processor from what is measured.
 * @param {ElectronApplication} app
 */
export async function quiet(app) {
  // Each call tells what was taken since the one before.
  for (let seconds = -1; seconds < 3;) {
    await new Promise((ok) => setTimeout(ok, 1000));
    const percent = await app.evaluate(({ app: a }) =>
      a
        .getAppMetrics()
        .filter((m) => m.type === 'Utility')
        .reduce((sum, m) => sum + m.cpu.percentCPUUsage, 0),
    );
    seconds = percent < QUIET_PERCENT ? seconds + 1 : 0;
  }
}

/**
 * Starts the app with `word`, a file or what the launcher would say, in a window of 1440x900; hands the idle page to
 * `drive`, and closes the app.
 * @template T
 * @param {string} word
 * @param {(page: Page, app: ElectronApplication) => Promise<T>} drive
 * @returns {Promise<T>} what `drive` gives
 */
export async function withApp(word, drive) {
  const executablePath = process.env['ELECTRON_PATH'];
  if (!executablePath) throw new Error('ELECTRON_PATH is not set: run it as npm run bench');
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tracewell-bench-'));
  const held = path.join(root, 'tests/e2e/held-app');
  const args = ['--lang=en-US', '--force-device-scale-factor=1', `--user-data-dir=${dataDir}/profile`, held, word];
  const env = /** @type {Record<string, string>} */ ({
    ...process.env,
    TRACEWELL_DATA_DIR: dataDir,
    TRACEWELL_CACHE_DIR: path.join(dataDir, 'cache'),
  });
  const app = await _electron.launch({ executablePath, args, env, timeout: 120_000 });
  try {
    const page = await app.firstWindow();
    page.setDefaultTimeout(600_000);
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1440, 900));
    await page.waitForFunction(() => '__tracewell' in globalThis);
    await idle(page);
    return await drive(page, app);
  } finally {
    await app.close();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Drives the app on each of `files`, if there are none on `usual`, a path below the root.
 * @param {string[]} files
 * @param {string} usual
 * @param {(file: string, page: Page, app: ElectronApplication) => Promise<void>} drive
 */
export async function benchFiles(files, usual, drive) {
  for (const file of files.length > 0 ? files : [path.join(root, usual)]) {
    if (existsSync(file)) await withApp(path.resolve(file), (page, app) => drive(file, page, app));
    else console.log(`There is no file ${file}.`);
  }
}

/** Pages that open by themselves, beside View trace, in the order of the navigation. */
export const PAGES = [
  'Home',
  'Processor use',
  'Events',
  'Goroutine analysis',
  'Network blocking profile',
  'Synchronization blocking profile',
  'Syscall blocking profile',
  'Scheduler latency profile',
  'Other waits',
  'Wall-clock profile',
  'CPU samples',
  'User-defined tasks',
  'User-defined regions',
  'Minimum mutator utilization',
  'Garbage collection',
];
