// The blocking profiles, scheduler latency and CPU samples: their figures, their views, what leads out of them.
import { expect, test, type Page } from '@playwright/test';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { launchApp, root, traces, waitForIdle, type Launched } from './launch';
import { nanosOf, rightOf, topOf } from './right-figures';

/** Old and new formats; those of each program that says something. */
const NAMES = [
  'go1.11-locks',
  'go1.18-netsys',
  'go1.19-tasks',
  'go1.21-locks-p64',
  'go1.22-netsys',
  'go1.23-coro',
  'go1.25-netsys',
  'go1.26-locks',
  'go1.27-netsys',
] as const;
const PAGES = [
  { profile: 'net', title: 'Network blocking profile' },
  { profile: 'sync', title: 'Synchronization blocking profile' },
  { profile: 'syscall', title: 'Syscall blocking profile' },
  { profile: 'sched', title: 'Scheduler latency profile' },
] as const;

let launched: Launched;
let page: Page;
test.beforeAll(async () => {
  launched = await launchApp({ files: [...NAMES, 'go1.26-tiny'].map((n) => path.join(traces, `${n}.trace`)) });
  page = launched.page;
});
test.afterAll(async () => {
  expect(launched.errors).toEqual([]);
  await launched.close();
});

async function show(trace: string, title: string, view: string): Promise<void> {
  await page.getByRole('tab', { name: `${trace}.trace` }).click();
  await waitForIdle(page);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: title }).click();
  await waitForIdle(page);
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  const choice = page.getByRole('radio', { name: view, exact: true });
  await choice.check();
  await waitForIdle(page);
}

interface Shown {
  name: string;
  flat: number;
  cum: number;
  count: number;
}
/** Rows of the top table that are on screen. */
async function shownTop(title: string): Promise<Shown[]> {
  const rows = page.getByRole('table', { name: title }).locator('[data-row]');
  const read = await rows.evaluateAll((list) =>
    list.map((row) =>
      [
        ...(
          row as unknown as {
            querySelectorAll(s: string): Iterable<{ textContent: string; getAttribute(n: string): string | null }>;
          }
        ).querySelectorAll('.value'),
      ].map((v) => [v.textContent, v.getAttribute('title') ?? ''] as const),
    ),
  );
  return read.map((cells) => ({
    name: cells[0]![1] || cells[0]![0],
    flat: nanosOf(cells[1]![1]),
    cum: nanosOf(cells[3]![1]),
    count: nanosOf(cells[5]![0]),
  }));
}

for (const { profile, title } of PAGES) {
  test(`F102: ${title}: flat, cum and count equal the goldens, old and new formats`, async () => {
    let looked = 0;
    for (const trace of NAMES) {
      const right = rightOf(trace).profiles[profile]!;
      if (right.ended.n !== right.ended.list.length) continue;
      await show(trace, title, 'Top');
      if (profile === 'sched') {
        // The goldens' stacks are the waker's, as go tool trace has them.
        if (right.ended.n > 0) await page.getByRole('radio', { name: 'Who woke' }).check();
        await waitForIdle(page);
      }
      if (right.ended.n === 0 && right.still.n === 0) {
        await expect(page.getByRole('table', { name: title })).toHaveCount(0);
        continue;
      }
      const shown = await shownTop(title);
      const wanted = topOf(right.ended);
      for (const row of shown.slice(0, 12)) {
        const found = wanted.find((w) => w.name === row.name);
        expect({ trace, ...row }).toEqual({ trace, ...found });
      }
      expect(shown.length, trace).toBe(Math.min(wanted.length, shown.length));
      expect(shown[0]?.cum, trace).toBe(wanted[0]?.cum);
      looked++;
    }
    expect(looked).toBeGreaterThan(profile === 'net' ? 2 : 5);
  });
}

const SYNC = 'Synchronization blocking profile';

test('F107: the call graph is laid out off the page, larger and hotter where more time is', async () => {
  await show('go1.26-locks', SYNC, 'Call graph');
  const graph = page.getByRole('group', { name: 'Call graph of the synchronization blocking profile' });
  const boxes = graph.getByRole('button');
  expect(await boxes.count()).toBe(19);
  const areas = await boxes.evaluateAll((list) =>
    (
      list as unknown as {
        dataset: { cum: string };
        querySelector(s: string): { textContent: string; getAttribute(n: string): string };
      }[]
    ).map((n) => [Number(n.dataset.cum), Number(n.querySelector('text').getAttribute('font-size'))] as const),
  );
  const byCum = [...areas].sort((a, b) => a[0] - b[0]);
  expect(byCum.map((a) => a[1])).toEqual(areas.map((a) => a[1]).sort((a, b) => a - b));
  // What is trimmed is counted; without limits nothing is.
  await expect(page.getByText(/Left out: \d+ functions/)).toBeVisible();
  await page.getByRole('combobox', { name: 'Least share of a node' }).selectOption('0');
  await page.getByRole('combobox', { name: 'Least share of an edge' }).selectOption('0');
  await waitForIdle(page);
  await expect(page.getByText('Nothing is left out')).toBeVisible();
  expect(await boxes.count()).toBe(topOf(rightOf('go1.26-locks').profiles['sync']!.ended).length);
});

test('F107: a click selects, Enter focuses, and the figures follow', async () => {
  await show('go1.26-locks', SYNC, 'Call graph');
  const box = page.getByRole('button', { name: /^sync\.\(\*Mutex\)\.Lock: / });
  await box.click();
  const aside = page.getByRole('complementary', { name: 'Selection' });
  await expect(aside.getByRole('heading', { level: 2 })).toHaveText('sync.(*Mutex).Lock');
  await expect(aside.getByText(/46\.17\sms/).first()).toBeVisible();
  await box.focus();
  await box.press('Enter');
  await waitForIdle(page);
  await expect(page.getByLabel('Focus')).toHaveValue('^sync\\.\\(\\*Mutex\\)\\.Lock$');
  await expect(page.getByText(/1 of 17 stacks pass the filters/)).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page.getByText(/stacks pass the filters/)).toHaveCount(0);
});

test('F108: focus and ignore, a bad pattern is said', async () => {
  await show('go1.26-locks', SYNC, 'Top');
  await page.getByLabel('Ignore').fill('WaitGroup');
  await page.getByLabel('Ignore').press('Enter');
  await waitForIdle(page);
  const right = rightOf('go1.26-locks').profiles['sync']!.ended;
  const kept = { ...right, list: right.list.filter(([s]) => !s.some((f) => f.includes('WaitGroup'))) };
  const shown = await shownTop(SYNC);
  expect(shown).toHaveLength(topOf(kept).length);
  expect(shown[0]).toEqual(topOf(kept)[0]);
  await page.getByLabel('Focus').fill('a(');
  await page.getByLabel('Focus').press('Enter');
  await expect(page.getByRole('alert')).toContainText('Focus:');
  await page.getByLabel('Focus').fill('');
  await page.getByLabel('Focus').press('Enter');
  await page.getByRole('button', { name: 'Clear filters' }).click();
});

test('F108: the flame graph by keyboard, search, zoom and as a table', async () => {
  await show('go1.26-locks', SYNC, 'Flame graph');
  const flame = page.getByRole('img', { name: /^Flame graph of the synchronization blocking profile: 191\.9\sms/ });
  await flame.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await waitForIdle(page);
  const aside = page.getByRole('complementary', { name: 'Selection' });
  await expect(aside.getByRole('heading', { level: 2 })).toHaveText('sync.(*Mutex).Lock');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Whole flame graph' })).toBeEnabled();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Whole flame graph' })).toBeDisabled();
  await page.getByRole('searchbox', { name: 'Search in the flame graph' }).fill('Mutex');
  await expect(page.getByText(/matched \(/)).toContainText(/70\.01\sms matched/);
  await page.getByRole('searchbox', { name: 'Search in the flame graph' }).fill('');
  await page.getByRole('button', { name: 'Inverted: from the leaf to its callers' }).click();
  await page.getByRole('button', { name: 'Show as table' }).click();
  await waitForIdle(page);
  const twin = page.getByRole('table', { name: 'Flame graph of the synchronization blocking profile, as a table' });
  await expect(twin.locator('[data-row="0"]')).toContainText('sync.(*WaitGroup).Wait');
  await page.getByRole('button', { name: 'Show as table' }).click();
  await page.getByRole('button', { name: 'Inverted: from the leaf to its callers' }).click();
});

test('F108: peek tells callers and callees', async () => {
  await show('go1.26-locks', SYNC, 'Peek');
  await page
    .getByRole('combobox', { name: 'Function' })
    .or(page.getByLabel('Function', { exact: true }))
    .first()
    .fill('sync.(*WaitGroup).Wait');
  await page.keyboard.press('Enter');
  const callers = page.getByRole('table', { name: 'Callers' });
  await expect(callers.getByRole('row')).toHaveCount(1 + 5);
  await expect(callers.getByRole('row').nth(1)).toContainText('main.main');
  await expect(callers.getByRole('row').nth(1)).toContainText(/36\.50\s?ms/);
  await callers.getByRole('link', { name: 'main.main' }).click();
  await expect(page.getByRole('table', { name: 'Callees' }).getByRole('row').nth(1)).toContainText(
    'sync.(*WaitGroup).Wait',
  );
});

test('F112: waits that never end are listed apart, and counted', async () => {
  await show('go1.26-locks', SYNC, 'Top');
  const { still } = rightOf('go1.26-locks').profiles['sync']!;
  await page.getByRole('radio', { name: `Never ended ${still.count}` }).check();
  await waitForIdle(page);
  const shown = await shownTop(SYNC);
  expect(shown[0]).toEqual(topOf(still)[0]);
  await page.getByRole('radio', { name: /^Ended/ }).check();
});

test('F103: one function, one goroutine; a name that is not there is said', async () => {
  await show('go1.26-locks', SYNC, 'Top');
  await page.getByRole('combobox', { name: 'Scope', exact: true }).selectOption('function');
  await page.getByLabel('Function of the scope').fill('main.mutexes.func1');
  await page.getByLabel('Function of the scope').press('Enter');
  await waitForIdle(page);
  const mutexes = topOf(rightOf('go1.26-locks').profiles['sync']!.ended).find((r) => r.name === 'main.mutexes.func1')!;
  expect((await shownTop(SYNC)).find((r) => r.name === 'main.mutexes.func1')).toEqual(mutexes);
  await page.getByLabel('Function of the scope').fill('main.nothing');
  await page.getByLabel('Function of the scope').press('Enter');
  await waitForIdle(page);
  await expect(page.getByRole('alert')).toContainText('could not be worked out');
  await page.getByRole('combobox', { name: 'Scope', exact: true }).selectOption('goroutine');
  await expect(page.getByText('All goroutines').first()).toBeAttached();
  await page.getByLabel('Goroutine of the scope').fill('G1');
  await page.getByLabel('Goroutine of the scope').press('Enter');
  await waitForIdle(page);
  await expect(page.getByRole('complementary', { name: 'Selection' })).toContainText(/36\.50\s?ms/);
  await page.getByRole('combobox', { name: 'Scope', exact: true }).selectOption('all');
});

test('F104: only within regions of one name', async () => {
  const title = 'Scheduler latency profile';
  await show('go1.19-tasks', title, 'Top');
  const all = await page.getByRole('complementary', { name: 'Selection' }).locator('dd').nth(1).textContent();
  await page.getByRole('combobox', { name: 'Scope', exact: true }).selectOption('region');
  await waitForIdle(page);
  const names = await page
    .locator('datalist option')
    .evaluateAll((list) => list.map((o) => (o as unknown as { value: string }).value));
  expect(names.length).toBeGreaterThan(0);
  await page.getByLabel('Region of the scope').fill(names[0]!);
  await page.getByLabel('Region of the scope').press('Enter');
  await waitForIdle(page);
  const part = page.getByRole('complementary', { name: 'Selection' }).locator('dd').nth(1);
  if (await part.count()) expect(await part.textContent()).not.toBe(all);
  await page.getByRole('combobox', { name: 'Scope', exact: true }).selectOption('all');
});

test('F105: a time window: the parts sum to the whole', async () => {
  await show('go1.26-locks', SYNC, 'Top');
  const count = async (): Promise<number> => {
    await waitForIdle(page);
    return nanosOf((await page.getByRole('complementary', { name: 'Selection' }).locator('dd').nth(1).textContent())!);
  };
  const chip = page.getByRole('group', { name: 'Time window' });
  const choose = async (from: string, to: string): Promise<void> => {
    await chip.getByRole('button', { name: 'Set the time window' }).click();
    await chip.getByRole('textbox', { name: 'From' }).fill(from);
    await chip.getByRole('textbox', { name: 'To' }).fill(to);
    await chip.getByRole('button', { name: 'Apply' }).click();
  };
  const whole = await count();
  expect(whole).toBe(rightOf('go1.26-locks').profiles['sync']!.ended.count);
  let sum = 0;
  for (const [from, to] of [
    ['0 ns', '2 ms'],
    ['2 ms', '9 ms'],
    ['9 ms', '1 s'],
  ] as const) {
    await choose(from, to);
    sum += await count();
  }
  expect(sum).toBe(whole);
  await chip.getByRole('button', { name: 'Clear the time window' }).click();
  expect(await count()).toBe(whole);
});

test('F112: the longest wait leads to its place in View trace, and Back comes back', async () => {
  await show('go1.26-locks', SYNC, 'Top');
  await page
    .getByRole('complementary', { name: 'Selection' })
    .getByRole('link', { name: /^G1 at / })
    .first()
    .click();
  await waitForIdle(page);
  await expect(page.getByRole('heading', { level: 1, name: 'View trace' })).toBeVisible();
  await page.keyboard.press('Alt+ArrowLeft');
  await waitForIdle(page);
  await expect(page.getByRole('heading', { level: 1, name: SYNC })).toBeVisible();
});

test('F109: F166: exports: pprof, SVG, PNG', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'tracewell-export-'));
  const saveTo = (file: string): Promise<void> =>
    launched.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, file);
  const choose = async (name: RegExp): Promise<void> => {
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('button', { name }).click();
    await waitForIdle(page);
    await page.keyboard.press('Escape');
  };
  await show('go1.26-locks', SYNC, 'Call graph');
  await saveTo(path.join(dir, 'a.pprof'));
  await choose(/pprof/);
  await expect.poll(() => read(path.join(dir, 'a.pprof'))?.subarray(0, 2).toString('hex')).toBe('1f8b');
  const names = gunzipSync(readFileSync(path.join(dir, 'a.pprof'))).toString('latin1');
  expect(names).toContain('sync.(*Mutex).Lock');
  expect(names).toContain('nanoseconds');
  await saveTo(path.join(dir, 'a.svg'));
  await choose(/as SVG/);
  await expect.poll(() => read(path.join(dir, 'a.svg'))?.toString()).toMatch(/^<svg[^]*WaitGroup[^]*<\/svg>$/);
  await saveTo(path.join(dir, 'a.png'));
  await choose(/as PNG/);
  await expect.poll(() => read(path.join(dir, 'a.png'))?.subarray(1, 4).toString()).toBe('PNG');
  await page.getByRole('radio', { name: 'Flame graph' }).check();
  await saveTo(path.join(dir, 'b.svg'));
  await choose(/as SVG/);
  await expect.poll(() => read(path.join(dir, 'b.svg'))?.toString()).toContain('main.mutexes');
  rmSync(dir, { recursive: true, force: true });
});

test('F81: source lines: only from a folder that the user chose', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'tracewell-src-'));
  await show('go1.26-locks', SYNC, 'Source');
  await page.getByLabel('Function', { exact: true }).fill('main.mutexes.func1');
  await page.keyboard.press('Enter');
  await waitForIdle(page);
  const lines = page.getByRole('table', { name: 'Lines of the source' });
  await expect(lines.getByRole('row', { name: /^41 / })).toContainText(/46\.17\sms/);
  await expect(page.getByText('Sources are read only from folders that you choose.')).toBeVisible();
  mkdirSync(path.join(dir, 'src'));
  writeFileSync(path.join(dir, 'src/main.go'), Array.from({ length: 60 }, (_, i) => `line ${i + 1}`).join('\n'));
  await launched.app.evaluate(
    ({ dialog }, folder) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [folder] });
    },
    path.join(dir, 'src'),
  );
  await page.getByRole('button', { name: 'Where are the sources?' }).click();
  await expect(lines.getByRole('row', { name: /^41 / })).toContainText('line 41');
  await expect(lines.getByRole('row', { name: /^33 / })).toContainText('line 33');
  rmSync(dir, { recursive: true, force: true });
});

test('F111: F137: nothing is fetched, and only the thread of Graphviz may compile WebAssembly', async () => {
  const worker = readdirSync(path.join(root, 'dist/renderer/assets')).find((n) => /^graph-worker-.*\.js$/.test(n))!;
  const policies = await page.evaluate(async (name) => {
    const names = (performance.getEntriesByType('resource') as unknown as { name: string }[]).map((e) => e.name);
    const of = async (url: string): Promise<string> => (await fetch(url)).headers.get('content-security-policy') ?? '';
    return { names, page: await of('app://bundle/'), worker: await of(`app://bundle/assets/${name}`) };
  }, worker);
  expect(
    policies.names.filter((n) => !n.startsWith('app://') && !n.startsWith('blob:') && !n.startsWith('data:')),
  ).toEqual([]);
  expect(policies.page).not.toContain('unsafe');
  expect(policies.worker).toBe("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'");
});

test('F134: a trace without samples says why, and what would give some', async () => {
  await show('go1.26-locks', SYNC, 'Top');
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'CPU samples' }).click();
  await waitForIdle(page);
  await expect(page.getByText('No CPU samples in this trace.')).toBeVisible();
  await expect(page.getByText(/pprof\.StartCPUProfile/)).toBeVisible();
});

function read(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

test('a profile in which nothing ended shows what never did, at a click', async () => {
  await show('go1.26-tiny', 'Synchronization blocking profile', 'Top');
  await expect(page.getByText('None of these waits ended.')).toBeVisible();
  await page.getByRole('button', { name: 'Show those that never ended' }).click();
  await waitForIdle(page);
  await expect(page.getByRole('radio', { name: 'Never ended 2' })).toBeChecked();
  const table = page.getByRole('table', { name: 'Synchronization blocking profile' });
  await expect(table.locator('[data-row]').first()).toBeVisible();
});

test('at 1024x700 the tools of a profile stand in one line, and nothing is out of the window', async () => {
  const { app } = launched;
  const resize = (s: number[]): Promise<void> =>
    app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w!, h!), s);
  await resize([1024, 700]);
  try {
    await show('go1.26-locks', 'Synchronization blocking profile', 'Top');
    await expect.poll(() => page.evaluate(() => innerWidth)).toBe(1024);
    await waitForIdle(page);
    expect((await page.locator('.toolbar').boundingBox())!.height).toBeLessThan(40);
    const aside = (await page.locator('.aside').boundingBox())!;
    expect(aside.x + aside.width).toBeLessThanOrEqual(1024);
  } finally {
    await resize([1440, 900]);
  }
});
