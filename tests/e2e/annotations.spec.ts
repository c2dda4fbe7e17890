// User-defined tasks and regions, and the collector's pages: their figures against goldens, v1 and v2.
import { expect, test } from '@playwright/test';
import path from 'node:path';
import { expectNoViolations, setTheme } from './axe';
import { launchApp, traces, waitForIdle } from './launch';
import { csvOf, exported, golden, openPage } from './pages';

interface Facts {
  readonly task_types: readonly { name: string; n: number; complete: number }[];
  readonly region_types: readonly { name: string; n: number; sum_ns: number }[];
}
interface Right {
  readonly duration_ns: number;
  readonly mmu: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  readonly gc: {
    readonly cycles: readonly { start: number; end: number; stw_ns: number; assist_ns: number }[];
    readonly stw: { readonly list: readonly (readonly [number, number, string, number])[] };
  };
}

const ANNOTATED = ['1.11', '1.19', '1.22', '1.23', '1.24', '1.25', '1.26', '1.27'].map((v) => `go${v}-tasks`);
const COLLECTED = ['go1.24-gcheavy', 'go1.19-cpuprofile', 'go1.22-cpuprofile', 'go1.23-cpuprofile'];
const fileOf = (name: string): string => path.join(traces, `${name}.trace`);
const byName = <T extends { name: string }>(list: readonly T[], of: (t: T) => number): Record<string, number> =>
  list.reduce<Record<string, number>>((sums, t) => ({ ...sums, [t.name]: (sums[t.name] ?? 0) + of(t) }), {});

for (const name of ANNOTATED) {
  test(`F117: F121: tasks and regions of ${name} are those of the golden`, async () => {
    const app = await launchApp({ files: [fileOf(name)] });
    const { page, errors, close } = app;
    const { task_types, region_types } = golden<Facts>(name, '.json');

    await openPage(page, 'User-defined tasks');
    const types = await csvOf(app, page);
    for (const type of task_types.filter((t) => t.name !== '')) {
      const row = types.find((r) => r['Type'] === type.name);
      expect([row?.['Count'], row?.['Complete']], type.name).toEqual([String(type.n), String(type.complete)]);
    }
    expect(types.filter((r) => !r['Type']!.startsWith('('))).toHaveLength(
      task_types.filter((t) => t.name !== '').length,
    );

    await openPage(page, 'User-defined regions');
    const regions = (await csvOf(app, page)).map((r) => ({
      name: r['Region']!,
      count: Number(r['Count']),
      nanos: Number(r['Total (ns)']),
    }));
    const named = region_types.filter((t) => t.name !== '');
    const ours = regions.filter((r) => r.name !== '(no name)');
    expect(byName(ours, (r) => r.count)).toEqual(byName(named, (t) => t.n));
    // F123: none of them is lost for being open at an edge of the trace.
    expect(byName(ours, (r) => r.nanos)).toEqual(byName(named, (t) => t.sum_ns));
    expect(errors).toEqual([]);
    await close();
  });
}

for (const name of [...COLLECTED, ...ANNOTATED.slice(0, 4)]) {
  test(`F128: F135: utilization and cycles of ${name} are those of an independent count`, async () => {
    const app = await launchApp({ files: [fileOf(name)] });
    const { page, errors, close } = app;
    const right = golden<Right>(name, '.right.json');

    await openPage(page, 'Minimum mutator utilization');
    await expect(page.getByRole('img', { name: 'Minimum mutator utilization' })).toBeVisible();
    const frame = page.getByRole('region', { name: 'Utilization by window size' });
    await frame.getByRole('button', { name: 'Show as table' }).click();
    const curve = await csvOf(app, frame);
    const windows = right.mmu['system: stw|background|assist']!.filter(([w]) => w <= right.duration_ns);
    expect(windows.length).toBeGreaterThan(3);
    for (const [window, share] of windows) {
      const row = curve.find((r) => r['Window (ns)'] === String(window));
      expect(Number(row?.['whole system: STW, workers, assists']), `window of ${window} ns`).toBeCloseTo(share, 9);
    }

    await openPage(page, 'Garbage collection');
    const { cycles, stw } = right.gc;
    if (cycles.length === 0) await expect(page.getByText('The collector did not run in this trace.')).toBeVisible();
    else {
      const rows = await csvOf(app, page);
      expect(
        rows.map((r) => ['Start (ns)', 'Duration (ns)', 'STW (ns)', 'Assists (ns)'].map((c) => Number(r[c]))),
      ).toEqual(cycles.map((c) => [c.start, c.end - c.start, c.stw_ns, c.assist_ns]));
    }
    await page.getByRole('radio', { name: 'Stop-the-world' }).check();
    if (stw.list.length > 0) {
      const stops = await csvOf(app, page);
      expect(stops.map((r) => [Number(r['Start (ns)']), Number(r['Duration (ns)']), r['Reason']])).toEqual(
        stw.list.map(([from, to, reason]) => [from, to - from, reason]),
      );
    }
    expect(errors).toEqual([]);
    await close();
  });
}

test('F118: F119: F120: tasks are filtered by what is chosen, and one opens with its logs and its own timeline', async () => {
  const { page, errors, close } = await launchApp({ files: [fileOf('go1.23-tasks')] });
  await openPage(page, 'User-defined tasks');
  const types = page.getByRole('table', { name: 'User-defined tasks' });
  await types.getByRole('row', { name: /^order/ }).click();
  const list = page.getByRole('table', { name: 'Tasks: order' });
  await waitForIdle(page);
  await expect(list).toHaveAttribute('aria-rowcount', '41');
  await page.getByRole('radio', { name: 'Unfinished' }).check();
  await waitForIdle(page);
  await expect(list).toHaveAttribute('aria-rowcount', '5');
  await page.getByRole('radio', { name: 'All', exact: true }).check();

  // The first bar of the histogram, by keyboard: what it counts is what the list holds then.
  const chart = page.getByRole('group', { name: 'Durations of order: values' });
  await chart.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await waitForIdle(page);
  await expect(page.getByText(/^7 tasks, 1\.000\u202fms – 1\.585\u202fms/)).toBeVisible();
  await expect(list).toHaveAttribute('aria-rowcount', '8');
  await page.getByRole('button', { name: 'Clear', exact: true }).click();

  // Keyboard: the row in front, and Enter opens it.
  await page.getByRole('combobox', { name: 'Filter tasks' }).fill('27');
  await waitForIdle(page);
  await list.getByRole('row').nth(1).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: /^Task \d+: order$/ })).toBeVisible();
  await waitForIdle(page);
  await expect(page.getByRole('region', { name: 'Task timeline' })).toContainText(/order \d+/);
  await expect(page.getByRole('table', { name: 'Logs' }).getByRole('row', { name: /orderID/ })).toBeVisible();
  // F106: its profiles are those of the task and of its subtasks.
  await expect(page.getByRole('link', { name: 'Synchronization', exact: true })).toHaveAttribute(
    'href',
    /sync\/task%3D\d+/,
  );
  await page.getByRole('radio', { name: 'Tree of subtasks' }).check();
  await expect(page.getByRole('table', { name: 'Tree of subtasks' })).toHaveAttribute('aria-rowcount', '4');
  expect(errors).toEqual([]);
  await close();
});

test('F122: a region tells its time by state, and its worst occurrences open View trace there', async () => {
  const { page, errors, close } = await launchApp({ files: [fileOf('go1.23-tasks')] });
  await openPage(page, 'User-defined regions');
  await page.getByRole('link', { name: 'pack', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Region pack' })).toBeVisible();
  await waitForIdle(page);
  await expect(page.getByRole('table', { name: 'Time by state' }).getByRole('row')).not.toHaveCount(0);
  // F104: as in the reference, its profiles are a click away.
  await page.getByRole('link', { name: 'Scheduler', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Scheduler latency profile' })).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Scope', exact: true })).toHaveValue('region');
  await expect(page.getByLabel('Region of the scope')).toHaveValue('pack');
  await waitForIdle(page);
  await page.keyboard.press('Alt+ArrowLeft');
  await waitForIdle(page);
  const worst = page.getByRole('table', { name: 'Worst occurrences' });
  await expect(worst).toHaveAttribute('aria-rowcount', '21');
  await worst.getByRole('row').nth(1).getByRole('link', { name: '1', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'View trace' })).toBeVisible();
  expect(errors).toEqual([]);
  await close();
});

test('F131: F133: another window size and other options: worst windows are links, the axis stays', async () => {
  const app = await launchApp({ files: [fileOf('go1.24-gcheavy')] });
  const { page, errors, close } = app;
  await openPage(page, 'Minimum mutator utilization');
  await page.getByRole('textbox', { name: 'Window size' }).fill('1 ms');
  await page.getByRole('textbox', { name: 'Window size' }).press('Enter');
  await waitForIdle(page);
  const worst = page.getByRole('table', { name: /^Worst windows of 1\.000/ });
  await expect(worst.getByRole('link', { name: 'Open in View trace' }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Keep this curve' }).click();
  await page.getByRole('radio', { name: 'Per processor' }).check();
  await page.getByRole('checkbox', { name: 'Percentiles 99.9, 99, 95' }).check();
  await waitForIdle(page);
  const frame = page.getByRole('region', { name: 'Utilization by window size' });
  const legend = frame.getByRole('list', { name: 'Legend' }).getByRole('button');
  await expect(legend).toHaveText([/^per processor/, 'p99.9', 'p99', 'p95', /^whole system/]);
  // F129: what is counted changes the curve.
  await page.getByRole('checkbox', { name: 'STW pauses' }).uncheck();
  await waitForIdle(page);
  await expect(legend.first()).toHaveText('per processor: workers, assists');
  await frame.getByRole('button', { name: 'Export the picture' }).click();
  const svg = (await exported(app, frame.getByRole('button', { name: 'SVG picture' }))).toString();
  expect(svg).toMatch(/^<svg/);
  expect(svg).toContain('p99.9');
  await worst
    .getByRole('link', { name: 'Open in View trace' })
    .first()
    .click()
    .catch(() => undefined);
  expect(errors).toEqual([]);
  await close();
});

test('F105: the time window: a chip sets it on one page, it holds on the next, and clears', async () => {
  const { page, errors, close } = await launchApp({ files: [fileOf('go1.24-gcheavy')] });
  await openPage(page, 'Garbage collection');
  const cycles = page.getByRole('table', { name: 'Garbage collection' });
  await expect(cycles).toHaveAttribute('aria-rowcount', '9');
  await page.getByRole('button', { name: 'Set the time window' }).click();
  await page.getByLabel('From', { exact: true }).fill('0 ms');
  await page.getByLabel('To', { exact: true }).fill('7 ms');
  await page.getByRole('button', { name: 'Apply' }).click();
  await waitForIdle(page);
  await expect(cycles).toHaveAttribute('aria-rowcount', '2');
  // Home's figures are those of the whole: it says so beside the chip.
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Home' }).click();
  await expect(page.getByRole('group', { name: 'Time window' })).toContainText('7.000');
  await expect(page.getByText('A time window is set')).toBeVisible();
  // View trace draws all of it, with the window at hand.
  await openPage(page, 'View trace');
  const atHand = page.getByRole('group', { name: 'Time window' }).getByRole('button', { name: '7.000' });
  await atHand.click();
  await expect(page.getByText(/^0 – 7\.000\u202fms of /)).toBeVisible();
  await openPage(page, 'Minimum mutator utilization');
  await expect(page.getByRole('group', { name: 'Time window' })).toContainText('7.000');
  await page.getByRole('button', { name: 'Clear the time window' }).click();
  await waitForIdle(page);
  await openPage(page, 'Garbage collection');
  await expect(cycles).toHaveAttribute('aria-rowcount', '9');
  expect(errors).toEqual([]);
  await close();
});

test('F134: a trace without tasks, regions and collections: each page says why it is empty', async () => {
  const { page, errors, close } = await launchApp({ files: [fileOf('go1.26-tiny')] });
  await openPage(page, 'User-defined tasks');
  await expect(page.getByText('No user-defined tasks in this trace.')).toBeVisible();
  await page.getByRole('button', { name: 'Show an example' }).click();
  await expect(page.getByText('trace.NewTask(ctx, "order")')).toBeVisible();
  await openPage(page, 'User-defined regions');
  await expect(page.getByText('No user-defined regions in this trace.')).toBeVisible();
  await openPage(page, 'Garbage collection');
  await expect(page.getByText('The collector did not run in this trace.')).toBeVisible();
  await openPage(page, 'Minimum mutator utilization');
  await expect(page.getByText('The collector did not run in this trace.')).toBeVisible();
  expect(errors).toEqual([]);
  await close();
});

test('F184: axe finds nothing wrong with these pages, in both themes', async () => {
  const { page, close } = await launchApp({ files: [fileOf('go1.23-tasks')], size: { width: 1024, height: 700 } });
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme);
    for (const title of [
      'User-defined tasks',
      'User-defined regions',
      'Minimum mutator utilization',
      'Garbage collection',
    ]) {
      await openPage(page, title);
      await expectNoViolations(page, `${title}, ${theme}`);
    }
  }
  await close();
});
