import { expect, test, type Page } from '@playwright/test';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expectNoViolations } from './axe';
import { launchApp, traces, waitForIdle, type Launched } from './launch';
import { answerQuestions } from './pages';

const file = path.join(traces, 'go1.22-tiny.trace');
const trace = readFileSync(file);

async function serve(listener: http.RequestListener): Promise<{ url: string; close(): void }> {
  const server = http.createServer(listener);
  await new Promise<void>((ok) => server.listen(0, '127.0.0.1', ok));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function openCapture(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /^Capture/ })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1, name: 'Capture' })).toBeVisible();
  await waitForIdle(page);
}

test('F12: a running program is traced, and the trace opened', async () => {
  const asked: string[] = [];
  const server = await serve((q, a) => {
    asked.push(q.url ?? '');
    a.end(trace);
  });
  const { app, page, errors, dataDir, close } = await launchApp();
  try {
    await openCapture(page);
    await expectNoViolations(page, 'capture');
    await page.getByRole('textbox', { name: 'Address' }).fill(server.url);
    await page.getByLabel('Seconds', { exact: true }).fill('1');
    await page.getByRole('button', { name: 'Start capture' }).click();
    await expect(page.getByRole('tab', { name: /trace-127\.0\.0\.1/ })).toBeVisible();
    expect(asked.map((u) => u.split('?')[0]).sort()).toEqual(['/debug/pprof/profile', '/debug/pprof/trace']);
    const folder = path.join(dataDir, 'captures');
    const [saved = ''] = readdirSync(folder);
    expect(readFileSync(path.join(folder, saved)).equals(trace)).toBe(true);
    expect(errors).toEqual([]);
    expect(app.windows()).toHaveLength(1);
  } finally {
    server.close();
    await close();
  }
});

test('F12: errors are said in words, and cancelling leaves no half file', async () => {
  const server = await serve((q, a) => {
    if (q.url?.startsWith('/slow')) a.write(trace.subarray(0, 64));
    else {
      a.statusCode = 404;
      a.end('404 page not found');
    }
  });
  const { page, dataDir, close } = await launchApp();
  try {
    await openCapture(page);
    await page.getByRole('textbox', { name: 'Address' }).fill(server.url);
    await page.getByRole('button', { name: 'Start capture' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'net/http/pprof' })).toBeVisible();
    await page.getByRole('radiogroup', { name: 'Capture from' }).getByText('Address').click();
    await expect(page.getByRole('radio', { name: 'Address' })).toBeChecked();
    await page.getByRole('textbox', { name: 'Address' }).fill(`${server.url}/slow`);
    await page.getByRole('button', { name: 'Start capture' }).click();
    await expect(page.getByRole('progressbar', { name: /Receiving/ })).toBeVisible();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await expect(page.getByText('The capture was cancelled')).toBeVisible();
    const folder = path.join(dataDir, 'captures');
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  } finally {
    server.close();
    await close();
  }
});

test('F168, E5.5: a link opens a place in a trace, after a question', async () => {
  const { app, page, errors, close } = await launchApp();
  try {
    const asked = await answerQuestions(app, 0);
    await app.evaluate(
      ({ app: electron }, link) => {
        electron.emit('open-url', { preventDefault: () => undefined }, link);
      },
      `tracewell://open?file=${encodeURIComponent(file)}&page=view-trace`,
    );
    await expect(page.getByRole('tab', { name: /go1\.22-tiny/ })).toBeVisible();
    await expect(page.getByRole('heading', { level: 1, name: 'View trace' })).toBeVisible();
    expect(await asked()).toEqual([expect.stringContaining('go1.22-tiny.trace')]);
    expect(errors).toEqual([]);
  } finally {
    await close();
  }
});

test('F168: a link that is not agreed to opens nothing', async () => {
  const { app, page, close } = await launchApp();
  try {
    const asked = await answerQuestions(app, 1);
    await app.evaluate(
      ({ app: electron }, link) => {
        electron.emit('open-url', { preventDefault: () => undefined }, link);
      },
      `tracewell://open?file=${encodeURIComponent(file)}`,
    );
    await expect.poll(asked).toHaveLength(1);
    await waitForIdle(page);
    await expect(page.getByRole('tab', { name: /go1\.22-tiny/ })).toHaveCount(0);
  } finally {
    await close();
  }
});

test('F12: killed in the middle of a capture, nothing half-written is ever opened as whole', async () => {
  const half = trace.subarray(0, trace.length >> 1);
  const server = await serve((_q, a) => void a.write(half));
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tracewell-kill-'));
  const folder = path.join(dataDir, 'captures');
  try {
    const first = await launchApp({ dataDir });
    await openCapture(first.page);
    await first.page.getByRole('radiogroup', { name: 'Capture from' }).getByText('Address').click();
    await first.page.getByRole('textbox', { name: 'Address' }).fill(`${server.url}/slow`);
    await first.page.getByRole('button', { name: 'Start capture' }).click();
    await expect(first.page.getByRole('progressbar', { name: /Receiving/ })).toBeVisible();
    const child = first.app.process();
    const gone = new Promise((ok) => child.once('exit', ok));
    child.kill('SIGKILL');
    await gone;
    // Half a trace lies there under a name that nothing opens.
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\..*\.tracewell-part$/)]);
    const second = await launchApp({ dataDir, restore: true });
    await expect.poll(() => readdirSync(folder)).toEqual([]);
    expect(await second.page.getByRole('tab').allInnerTexts()).toEqual(['Start']);
    await expect(second.page.getByText('No trace was opened yet.')).toBeVisible();
    await second.close();
  } finally {
    server.close();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
});

/** Fills in the folder, which only a dialog of the system gives. */
async function chooseFolder({ app, page }: Pick<Launched, 'app' | 'page'>, folder: string): Promise<void> {
  await app.evaluate(({ dialog }, dir) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [dir] });
  }, folder);
  await page.getByRole('button', { name: 'Choose folder…' }).click();
  await expect(page.getByLabel('Folder', { exact: true })).toHaveValue(folder);
}

async function captureFrom(page: Page, kind: string): Promise<void> {
  await page.getByRole('radiogroup', { name: 'Capture from' }).getByText(kind, { exact: true }).click();
  await expect(page.getByRole('radio', { name: kind, exact: true })).toBeChecked();
}

test('F12, F15: a program that is told where to write, and go test package by package, are run, traced and opened', async () => {
  const goFolder = '/usr/local/go/bin';
  const hasGo = existsSync(path.join(goFolder, 'go'));
  const launched = await launchApp({ env: { PATH: `${process.env['PATH'] ?? ''}${path.delimiter}${goFolder}` } });
  const { app, page, errors, dataDir, close } = launched;
  const folder = mkdtempSync(path.join(tmpdir(), 'tracewell-run-'));
  const captures = path.join(dataDir, 'captures');
  try {
    const asked = await answerQuestions(app, 0);
    await openCapture(page);
    await captureFrom(page, 'Command');
    await chooseFolder(launched, folder);
    await page.getByRole('textbox', { name: 'Command' }).fill(`cp "${file}" {trace}`);
    await page.getByRole('button', { name: 'Start capture' }).click();
    await expect(page.getByRole('tab', { name: /trace-cp-/ })).toBeVisible();
    expect(await asked()).toEqual([expect.stringContaining('{trace}')]);
    const [saved = ''] = readdirSync(captures);
    expect(readFileSync(path.join(captures, saved)).equals(trace)).toBe(true);
    if (!hasGo) test.info().annotations.push({ type: 'skipped', description: 'go test: there is no Go here' });
    // The second run of these tests has a home folder of its own: making Go's build cache there takes a minute.
    if (!hasGo || process.env['TRACEWELL_E2E_OUT'] !== undefined) return;

    writeFileSync(path.join(folder, 'go.mod'), 'module example.com/m\n\ngo 1.21\n');
    for (const name of ['a', 'b']) {
      mkdirSync(path.join(folder, name));
      const body = `package ${name}\n\nimport "testing"\n\nfunc TestIt(t *testing.T) {}\n`;
      writeFileSync(path.join(folder, name, `${name}_test.go`), body);
    }
    await page.getByRole('tab', { name: 'Capture' }).click();
    await captureFrom(page, 'go test');
    // What was filled in is still there.
    await expect(page.getByLabel('Folder', { exact: true })).toHaveValue(folder);
    await page.getByRole('textbox', { name: 'Packages' }).fill('./...');
    await page.getByRole('button', { name: 'Start capture' }).click();
    for (const name of ['a', 'b'])
      await expect(page.getByRole('tab', { name: new RegExp(`example\\.com_m_${name}\\.trace`) })).toBeVisible({
        timeout: 60_000,
      });
    await waitForIdle(page);
    await expect(page.getByRole('heading', { level: 1, name: /example\.com_m_b/ })).toBeVisible();
    expect(await asked()).toHaveLength(2);
    expect(readdirSync(captures).filter((f) => !f.endsWith('.trace'))).toEqual([]);
    expect(errors).toEqual([]);
  } finally {
    await close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
