// What comes back: tabs, places, marks, window; after an end, after kill -9, after two crashes.
import { expect, test, type Page } from '@playwright/test';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchApp, traces, waitForIdle, type Launched } from './launch';
import { answerQuestions } from './pages';

const sample = path.join(traces, 'go1.26-gcheavy.trace');
const other = path.join(traces, 'go1.26-fractal-workers.trace');
const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const tab = (page: Page, file: string) => page.getByRole('tab', { name: path.basename(file) });

let dataDir: string;
test.beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'tracewell-session-'));
});
test.afterEach(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));

const start = (files: readonly string[] = []): Promise<Launched> =>
  // Engines are counted: none is started ahead.
  launchApp({ dataDir, files, restore: true, env: { TRACEWELL_SPARE: '0' } });

/** Ends the app as a power cut would, with all its processes. */
async function kill({ app }: Launched): Promise<void> {
  const child = app.process();
  const ended = new Promise((ok) => child.once('exit', ok));
  child.kill('SIGKILL');
  await ended;
}

interface SessionFile {
  readonly running: boolean;
  readonly activePath: string | null;
  readonly tabs: readonly {
    path: string;
    crashes: number;
    state: { marks: unknown[]; places: unknown[]; at: number };
  }[];
}
const kept = (): SessionFile => JSON.parse(readFileSync(path.join(dataDir, 'session.json'), 'utf8')) as SessionFile;

/** View trace of the sample: zoomed in to a window of its own, with a span selected and marked. */
async function settle(page: Page): Promise<string> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'View trace' }).click();
  await waitForIdle(page);
  for (let i = 0; i < 3; i++) await page.keyboard.press('w');
  await waitForIdle(page);
  await page.getByRole('application').focus();
  await page.keyboard.press('ArrowRight');
  await waitForIdle(page);
  await page.keyboard.press('m');
  await waitForIdle(page);
  await expect(page.getByRole('contentinfo')).toContainText('Visible');
  return (
    (await page
      .getByRole('contentinfo')
      .getByText(/^Visible/)
      .textContent()) ?? ''
  );
}

test('F194: tabs, place, selection and marks come back after a restart', async () => {
  const first = await start([other, sample]);
  const visible = await settle(first.page);
  const title = await first.page.getByRole('region', { name: 'Details' }).getByRole('definition').first().innerText();
  await expect.poll(() => kept().tabs.find((t) => t.path === sample)?.state.marks.length).toBe(1);
  await first.close();
  expect(kept()).toMatchObject({ running: false, activePath: sample });

  const second = await start();
  const { page } = second;
  expect(await page.getByRole('tab').allInnerTexts()).toEqual(['Start', path.basename(other), path.basename(sample)]);
  await expect(tab(page, sample)).toHaveAttribute('aria-selected', 'true');
  await expect(heading(page)).toHaveText('View trace');
  await waitForIdle(page);
  await expect(page.getByRole('contentinfo').getByText(/^Visible/)).toHaveText(visible);
  await expect(page.getByRole('region', { name: 'Details' }).getByRole('definition').first()).toHaveText(title);
  expect(kept().tabs.find((t) => t.path === sample)?.state.marks).toHaveLength(1);
  // Back leads where it led before.
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(page.getByRole('contentinfo')).toContainText('Whole trace');
  // A tab that nobody has looked at has no engine yet; looked at, it is read.
  expect(
    await second.app.evaluate(({ app }) => app.getAppMetrics().filter((m) => m.type === 'Utility').length),
  ).toBeLessThan(4);
  await tab(page, other).click();
  await waitForIdle(page);
  await expect(page.getByRole('contentinfo')).toContainText('events indexed');
  expect(second.errors).toEqual([]);
  await second.close();
});

test('F194: kill -9 loses nothing; killed twice, the traces are not opened by themselves', async () => {
  const first = await start([sample]);
  await settle(first.page);
  await expect.poll(() => kept().tabs[0]?.state.marks.length).toBe(1);
  await kill(first);

  const second = await start();
  await expect(tab(second.page, sample)).toHaveAttribute('aria-selected', 'true');
  await expect(heading(second.page)).toHaveText('View trace');
  await waitForIdle(second.page);
  await expect.poll(() => kept().tabs[0]?.crashes).toBe(1);
  await kill(second);

  const third = await start();
  const { page } = third;
  expect(await page.getByRole('tab').count()).toBe(1);
  await expect(page.getByText(`${path.basename(sample)} was not opened again.`)).toBeVisible();
  await page.getByRole('button', { name: 'Open it' }).click();
  await expect(tab(page, sample)).toHaveAttribute('aria-selected', 'true');
  await waitForIdle(page);
  await third.close();
  expect(kept().tabs[0]?.crashes).toBe(0);
});

test('F194: killed in the middle of writing, every file is whole: the old or the new', async () => {
  const files = ['settings.json', 'session.json', 'recents.json'];
  for (let round = 0; round < 6; round++) {
    const launched = await launchApp({ dataDir, files: [sample] });
    // A program for the editor is agreed to in a dialog of the system.
    await answerQuestions(launched.app, 0);
    const before = files.map((f) => (existsSync(path.join(dataDir, f)) ? statSync(path.join(dataDir, f)).mtimeMs : 0));
    // Writes without end, none waited for; never settles, so it is not awaited.
    void launched.page
      .evaluate(
        async ({ round: n, file }) => {
          const { shell } = globalThis as unknown as {
            shell: Record<'changeSettings' | 'saveSession' | 'pinRecent', (i: unknown) => Promise<unknown>>;
          };
          const state = { filler: 'x'.repeat(200_000) };
          for (let i = 0; ; i++) {
            const command = `${n}-${i}-`.padEnd(4000, 'y');
            await Promise.all([
              shell.changeSettings({ editorCommand: command }),
              shell.saveSession({ tabs: [{ path: file, state }], activePath: null }),
              shell.pinRecent({ path: file, pinned: i % 2 === 0 }),
            ]);
          }
        },
        { round, file: sample },
      )
      .catch(() => undefined);
    // In the thick of it: each file has been written anew since the loop began.
    await expect
      .poll(
        () =>
          files.every(
            (f, i) => existsSync(path.join(dataDir, f)) && statSync(path.join(dataDir, f)).mtimeMs > before[i]!,
          ),
        {
          intervals: [1 + round * 3],
        },
      )
      .toBe(true);
    await kill(launched);
    for (const f of files) {
      const text = readFileSync(path.join(dataDir, f), 'utf8');
      expect(() => JSON.parse(text) as unknown, `${f}, round ${round}`).not.toThrow();
    }
  }
  const after = await launchApp({ dataDir });
  expect(await after.page.getByText('it was set aside as').count()).toBe(0);
  // What was half-written is cleared away.
  expect(readdirSync(dataDir).filter((f) => f.includes('.tmp-') || f.includes('.bad-'))).toEqual([]);
  await after.close();
});

test('F10: a file of the session that is gone is said in its tab; --no-restore leaves all closed', async () => {
  const gone = path.join(dataDir, 'gone.trace');
  cpSync(other, gone);
  const first = await start([gone, sample]);
  await expect.poll(() => kept().tabs.length).toBe(2);
  await first.close();
  rmSync(gone);
  const second = await start();
  await tab(second.page, gone).click();
  await expect(second.page.getByRole('heading', { name: 'There is no such file' })).toBeVisible();
  await second.close();
  const third = await launchApp({ dataDir });
  expect(await third.page.getByRole('tab').count()).toBe(1);
  await third.close();
});

test('F194: a session file that is damaged is set aside and said', async () => {
  const first = await start([sample]);
  await expect.poll(() => existsSync(path.join(dataDir, 'session.json')) && kept().tabs.length).toBe(1);
  await first.close();
  const file = path.join(dataDir, 'session.json');
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, 100));
  const second = await start();
  await expect(second.page.getByText('it was set aside as')).toBeVisible();
  expect(readdirSync(dataDir).some((f) => f.startsWith('session.json.bad-'))).toBe(true);
  await second.close();
});

test('F5.1: the window stands where it stood', async () => {
  const first = await start();
  const wanted = await first.app.evaluate(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0]!;
    window.setBounds({ x: 30, y: 40, width: 1000, height: 640 });
    return window.getNormalBounds();
  });
  await first.close();
  const second = await launchApp({ dataDir, restore: true, size: null });
  const bounds = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds());
  expect(bounds).toMatchObject({ width: wanted.width, height: wanted.height });
  await second.close();
});
