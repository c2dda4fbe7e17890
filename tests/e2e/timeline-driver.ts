// View trace as tests drive it: by keys and mouse, read by roles and names.
import { expect, type Locator, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { coloursOf, type Area } from './canvas-pixels';
import { launchApp, root, traces, waitForIdle, type Launched } from './launch';

/** What the tests run on is built: the command line must not set up anything beside them. */
const ENV = { ...process.env, TRACEWELL_NO_SETUP: '1' };

/** An answer of the command line. */
export const ask = (...args: string[]): unknown =>
  JSON.parse(execFileSync(path.join(root, 'bin/tracewell'), args, { encoding: 'utf8', maxBuffer: 2 ** 28, env: ENV }));

export const fixture = (name: string): string => path.join(traces, `${name}.trace`);
/** Narrow spaces read as plain ones. */
export const plain = (s: string): string => s.replaceAll('\u202f', ' ');

export interface TimelineDriver {
  readonly launched: Launched;
  readonly page: Page;
  region(name: string): Locator;
  /** Text of a field of the details panel; empty when it has none of that name. */
  field(name: string): Promise<string>;
  /** The line beside the heading: what is visible. */
  sub(): Promise<string>;
  /** Visible range in ns. */
  visible(): Promise<{ readonly from: number; readonly to: number }>;
  press(...keys: string[]): Promise<void>;
  idle(): Promise<void>;
  /** The chart's left edge and width, and y of the middle of the named row's first line. */
  chart(row: string): Promise<{ readonly x: number; readonly width: number; readonly y: number }>;
  /** Back to the first state: whole trace, nothing selected, processors. */
  reset(): Promise<void>;
  /** What the screen reader was told last. */
  told(): Promise<string>;
  /** Types a name of a span (`G12@5000`) into Go to. */
  goTo(text: string): Promise<void>;
  /** Text that was copied last. */
  copied(): Promise<string>;
  /** What is in view, by the table that says the same: from the CSV file that it exports. */
  table(): Promise<readonly TableSpan[]>;
  /** Heads of rows in view, as the gutter says them. */
  rows(): Promise<readonly string[]>;
  /** Chooses the kind of rows. */
  rowsBy(name: 'Processors' | 'Threads' | 'Goroutines' | 'Tasks'): Promise<void>;
  /** How many pixels of the rows have each colour, as `r,g,b`. */
  colours(area?: Area): Promise<Record<string, number>>;
}

export interface TableSpan {
  readonly row: string;
  readonly start: number;
  readonly duration: number;
  readonly state: string;
  readonly what: string;
  readonly g: number | null;
  readonly count: number;
}

/** Fields of a line of CSV. */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((m) =>
    m[1]!.startsWith('"') ? m[1]!.slice(1, -1).replaceAll('""', '"') : m[1]!,
  );
}

/** Whole nanoseconds of a field: written in full beside the short form, except below a microsecond. */
export const nanosOf = (text: string): number => Number(/([\d ]+) ns$/.exec(text)?.[1]?.replaceAll(' ', ''));

const UNITS: Readonly<Record<string, number>> = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 };
/** `2.048 µs` → 2048. */
export function nanosIn(text: string): number {
  const [, value, unit] = /([\d.]+) (ns|µs|ms|s)\b/.exec(text)!;
  return Number(value) * UNITS[unit!]!;
}

export async function openTimeline(file: string, size = { width: 1440, height: 900 }): Promise<TimelineDriver> {
  const launched = await launchApp({ files: [file], size });
  const { page } = launched;
  await page
    .getByRole('link', { name: /^View trace/ })
    .first()
    .click();
  await waitForIdle(page);
  const region = (name: string): Locator => page.getByRole('region', { name, exact: true });
  const idle = (): Promise<void> => waitForIdle(page);
  const timeline = page.getByRole('application', { name: 'Timeline' });
  const driver: TimelineDriver = {
    launched,
    page,
    region,
    idle,
    async field(name) {
      const details = region('Details');
      const terms = await details.getByRole('term').allInnerTexts();
      const values = await details.getByRole('definition').allInnerTexts();
      return plain(values[terms.indexOf(name)] ?? '');
    },
    sub: async () => plain(await page.locator('.page-head .sub').innerText()),
    async visible() {
      // The status bar says it in both sizes of the window.
      const text = plain(await page.getByRole('contentinfo', { name: 'Status' }).innerText());
      const [, from, to, unit] = /([\d.]+) – ([\d.]+) (ns|µs|ms|s)\b/.exec(text)!;
      return { from: Number(from) * UNITS[unit!]!, to: Number(to) * UNITS[unit!]! };
    },
    async press(...keys) {
      for (const key of keys) {
        await page.keyboard.press(key);
        await idle();
      }
    },
    async chart(row) {
      const curve = (await page.getByRole('img', { name: 'Goroutines', exact: true }).boundingBox())!;
      const name = page.locator('.row .id, .name.one').filter({ hasText: new RegExp(`^\\s*${row}\\s*$`) });
      const box = (await name.first().boundingBox())!;
      return { x: curve.x, width: curve.width, y: box.y + Math.min(box.height, 24) / 2 };
    },
    async reset() {
      await page.mouse.move(5, 5);
      await timeline.focus();
      await page.keyboard.press('Escape');
      await page.keyboard.press('Shift+1');
      await page.keyboard.press('Control+1');
      await page.keyboard.press('1');
      await page.keyboard.press('0');
      await idle();
    },
    told: async () => plain(await page.locator('.timeline > .unseen[role="status"]').innerText()),
    async goTo(text) {
      await page.keyboard.press('g');
      await page.getByLabel('A time, a range, a row or a span').fill(text);
      await page.keyboard.press('Enter');
      await idle();
      await timeline.focus();
    },
    copied: () => launched.app.evaluate(({ clipboard }) => clipboard.readText()),
    async table() {
      const target = path.join(launched.dataDir, 'spans.csv');
      rmSync(target, { force: true });
      await launched.app.evaluate(({ dialog }, filePath) => {
        dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
      }, target);
      await timeline.focus();
      await page.keyboard.press('t');
      // Narrow spans have their own times once the engine has told them.
      await idle();
      const twin = page.getByRole('dialog', { name: 'Spans in view' });
      await twin.getByRole('button', { name: 'Export CSV' }).click();
      await expect(() => readFileSync(target)).toPass();
      await idle();
      await page.keyboard.press('Escape');
      await expect(twin).toHaveCount(0);
      const [, ...lines] = readFileSync(target, 'utf8').trim().split('\n');
      return lines.map((line) => {
        const [row = '', start, duration, state = '', what = '', g, count] = fieldsOf(line);
        return {
          row,
          start: Number(start),
          duration: Number(duration),
          state,
          what,
          g: g === '' ? null : Number(g),
          count: Number(count),
        };
      });
    },
    rows: async () => (await page.locator('.row').allInnerTexts()).map((t) => plain(t).replace(/\s+/g, ' ').trim()),
    async rowsBy(name) {
      await page.getByRole('radiogroup', { name: 'Rows by' }).getByRole('radio', { name }).check();
      await idle();
      await timeline.focus();
    },
    colours: (area) => coloursOf(page.locator('.layer.under canvas'), area),
  };
  return driver;
}

/** A good test ends without a warning or an error in the console. */
export async function closeTimeline(d: TimelineDriver): Promise<void> {
  // Reading pixels back is the tests' doing.
  expect(d.launched.errors.filter((e) => !e.includes('willReadFrequently'))).toEqual([]);
  await d.launched.close();
}
