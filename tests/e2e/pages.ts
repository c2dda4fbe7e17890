// What tests of pages share: going to one, and reading a table as the CSV file that a user gets of it.
import type { ElectronApplication, Locator, Page } from '@playwright/test';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root, waitForIdle, type Launched } from './launch';

/** Opens a page by its entry in the side navigation. */
export async function openPage(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: title }).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await waitForIdle(page);
}

/** The golden of a trace: `.json` what the reference says, `.right.json` what an independent count says. */
export function golden<T>(name: string, suffix: '.json' | '.right.json'): T {
  const file = path.join(root, 'tests/fixtures/goldens', name + suffix);
  const text = existsSync(file) ? readFileSync(file) : gunzipSync(readFileSync(`${file}.gz`));
  return JSON.parse(text.toString('utf8')) as T;
}

/** Fields of a CSV text, its head as keys. */
export function parseCsv(text: string): Record<string, string>[] {
  const lines: string[][] = [[]];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted && c === '"' && text[i + 1] === '"') {
      field += '"';
      i++;
    } else if (c === '"') quoted = !quoted;
    else if (!quoted && (c === ',' || c === '\n')) {
      lines.at(-1)!.push(field);
      field = '';
      if (c === '\n') lines.push([]);
    } else field += c;
  }
  const [head = [], ...rows] = lines.filter((l) => l.length > 0);
  return rows.map((r) => Object.fromEntries(head.map((h, i) => [h, r[i] ?? ''])));
}

/** Presses Export CSV within a part of the page, and reads the file. */
export async function csvOf({ app, page }: Launched, within: Page | Locator): Promise<Record<string, string>[]> {
  return parseCsv(
    (await exported({ app, page }, within.getByRole('button', { name: 'Export CSV' }).first())).toString(),
  );
}

/** Presses a button that saves a file, with a dialog that answers at once, and reads what was written. */
export async function exported({ app, page }: Pick<Launched, 'app' | 'page'>, button: Locator): Promise<Buffer> {
  const dir = mkdtempSync(path.join(tmpdir(), 'tracewell-export-'));
  const file = path.join(dir, 'out');
  try {
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, file);
    await button.click();
    await waitForIdle(page);
    return readFileSync(file);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Questions of the operating system are answered; what was asked comes back. */
export async function answerQuestions(app: ElectronApplication, response: 0 | 1): Promise<() => Promise<string[]>> {
  await app.evaluate(({ dialog }, answer) => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    dialog.showMessageBox = ((...args: unknown[]) => {
      asked.push((args.at(-1) as { message: string }).message);
      return Promise.resolve({ response: answer, checkboxChecked: false });
    }) as typeof dialog.showMessageBox;
  }, response);
  return () => app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked);
}
