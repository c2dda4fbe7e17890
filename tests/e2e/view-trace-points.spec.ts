// Each point of View trace on six traces: both formats, GC heavy, tasks, 10⁵ goroutines, one that was cut short. Each is
// opened once and walked through; what is shown is held against the events in their order.
import { expect, test } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import {
  chainOf,
  countAt,
  eventsIn,
  flowsOf,
  goldenEvents,
  livesOf,
  threadsAt,
  type GoldenEvent,
  type Stretch,
} from './golden-events';
import { broken, root } from './launch';
import { closeTimeline, fixture, nanosIn, nanosOf, openTimeline, plain } from './timeline-driver';

interface Trace {
  readonly name: string;
  readonly file: string;
  readonly events: () => readonly GoldenEvent[];
  /** The golden ends before the trace does: numbers of the whole are at least its own. */
  readonly cut?: boolean;
  readonly clock?: boolean;
}

const many = path.join(root, 'tests/fixtures/many/go1.26-fractal-pixel-320.trace.gz');
const cutName = 'broken-v2-cut-mid-batch-last-generation';
const golden = (name: string, more: Partial<Trace> = {}): Trace => ({
  name,
  file: fixture(name),
  events: () => goldenEvents(name),
  ...more,
});
const TRACES: readonly Trace[] = [
  golden('go1.11-locks'),
  golden('go1.18-netsys'),
  golden('go1.26-tasks', { clock: true }),
  golden('go1.26-gcheavy', { clock: true }),
  golden(cutName, { file: path.join(broken, `${cutName}.trace`), cut: true, clock: true }),
  {
    name: '10⁵ goroutines',
    file: many,
    // Its events would be a large file: those of the command line, which equal Go's own reader's (tests/golden).
    events: () =>
      eventsIn(
        execFileSync(path.join(root, 'bin/tracewell'), ['events', many], {
          encoding: 'utf8',
          maxBuffer: 2 ** 28,
          env: { ...process.env, TRACEWELL_NO_SETUP: '1' },
        }),
      ),
    clock: true,
  },
];

const rising = (numbers: readonly number[]): readonly number[] => [...numbers].sort((a, b) => a - b);

/** A wait that somebody ended, with the longest chain among the first ones, and the run before and after it. */
function chosenWait(events: readonly GoldenEvent[], lives: ReadonlyMap<number, readonly Stretch[]>) {
  const waits: { g: number; s: Stretch; next: Stretch }[] = [];
  for (const [g, list] of lives)
    for (const [i, s] of list.entries()) {
      const next = list[i + 1];
      if (s.state === 'Waiting' && s.by >= 0 && s.from > 0 && s.to - s.from > 100 && next && waits.length < 200)
        waits.push({ g, s, next });
    }
  return waits
    .map((w) => ({ ...w, chain: chainOf(events, lives, w.g, w.s) }))
    .reduce((a, b) => (b.chain.length > a.chain.length ? b : a));
}

for (const trace of TRACES)
  test(`F146: points 1 to 13 of View trace: ${trace.name}`, async () => {
    const events = trace.events();
    const lives = livesOf(events);
    const end = events.at(-1)!.t;
    const wait = chosenWait(events, lives);
    const d = await openTimeline(trace.file);
    const { page } = d;
    const timeline = page.getByRole('application', { name: 'Timeline' });
    const details = d.region('Details');
    const warn = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('i'));
      probe.style.color = 'var(--warn)';
      const [r, g, b] = getComputedStyle(probe).color.match(/\d+/g)!;
      probe.remove();
      return `${r},${g},${b}`;
    });

    await test.step('1: a click on a curve tells the exact sample', async () => {
      const curve = (await page.getByRole('img', { name: 'Goroutines', exact: true }).boundingBox())!;
      for (const share of [0.31, 0.72]) {
        await page.mouse.click(curve.x + curve.width * share, curve.y + 20);
        await d.idle();
        const at = nanosOf(await d.field('Start'));
        expect(Number(await d.field('Running'))).toBe(countAt(events, 'Running', at));
        expect(Number((await d.field('Runnable')).replaceAll(',', ''))).toBe(countAt(events, 'Runnable', at));
        const threads = threadsAt(events, at);
        expect(await d.field('In syscall')).toBe(String(threads.inSyscall));
        expect(await details.getByRole('definition').last().innerText()).toBe(String(threads.running));
      }
      // M marks that moment.
      await d.press('m', 'b');
      await expect(
        page
          .getByRole('dialog')
          .or(page.getByRole('group', { name: 'Marks' }))
          .first(),
      ).toBeVisible();
      await d.press('Escape');
    });

    await test.step('2, 11: rows of processors and of the GC, by the table that says the same', async () => {
      await d.reset();
      const all = await d.table();
      const begins = (n: RegExp): number => events.filter((e) => e.k === 'RangeBegin' && n.test(e.name ?? '')).length;
      const sum = (row: string): number => all.filter((t) => t.row === row).reduce((n, t) => n + t.count, 0);
      const same = (shown: number, told: number): void =>
        trace.cut ? expect(shown).toBeGreaterThanOrEqual(told) : expect(shown).toBe(told);
      same(sum('GC cycles'), begins(/concurrent mark/));
      same(sum('STW'), begins(/^stop-the-world/));
      // The longest runs are drawn as themselves.
      const runs = [...lives].flatMap(([g, l]) =>
        l
          // Back from a short system call it is the same run.
          .filter((s, i) => s.state === 'Running' && s.from > 0 && s.to < end && l[i - 1]?.state !== 'Syscall')
          .map((s) => ({ ...s, g })),
      );
      for (const s of runs.sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, 3)) {
        await d.goTo(`P${s.p}@${s.from}`);
        expect(nanosOf(await d.field('Start')), `G${s.g}`).toBe(s.from);
        expect(await d.field('Goroutine')).toContain(`G${s.g} `);
      }
    });

    await test.step('3: a row for each goroutine, filtered and sorted', async () => {
      await d.rowsBy('Goroutines');
      const told = plain(await d.region('Goroutines').innerText());
      const shown = Number(/of ([\d,]+)/.exec(told)![1]!.replaceAll(',', ''));
      if (trace.cut) expect(shown).toBeGreaterThanOrEqual(lives.size);
      else expect(shown).toBe(lives.size);
      const field = page.getByRole('combobox', { name: 'Filter rows' });
      await field.fill(`g:${wait.g}`);
      await field.press('Enter');
      await d.idle();
      await expect(d.region('Goroutines')).toContainText(`1 of ${shown.toLocaleString('en-US')}`);
      await timeline.focus();
    });

    await test.step('5: an area of that row adds up its states', async () => {
      await d.press('Control+a');
      const items = details
        .getByRole('heading', { name: 'By state', exact: true })
        .locator('xpath=following-sibling::ul[1]');
      const sums = await items
        .getByRole('listitem')
        .evaluateAll((els) => els.map((el) => Number((el.getAttribute('title') ?? '').replace(/\D/g, ''))));
      const byState = new Map<string, number>();
      for (const s of lives.get(wait.g)!)
        if (s.to > s.from) byState.set(s.state, (byState.get(s.state) ?? 0) + s.to - s.from);
      if (!trace.cut) expect(rising(sums)).toEqual(rising([...byState.values()]));
      await d.press('Escape');
      await page.getByRole('button', { name: 'Clear: Filter rows' }).click();
      await d.idle();
    });

    await test.step('5, 6, 11: a wait, its cause, the chain to its end, told and copied', async () => {
      await timeline.focus();
      await d.goTo(`G${wait.g}@${wait.s.from}`);
      expect(nanosOf(await d.field('Start'))).toBe(wait.s.from);
      expect(nanosOf(await d.field('Wall Duration'))).toBe(wait.s.to - wait.s.from);
      expect(await d.field('State')).toContain(wait.s.reason || 'waiting');
      expect(await d.told()).toContain(`G${wait.g} `);
      const steps = details.getByRole('list', { name: 'Why was I waiting' }).getByRole('listitem');
      await expect(steps).toHaveCount(wait.chain.length);
      for (const [i, step] of wait.chain.entries()) {
        await expect(steps.nth(i).getByRole('link').first()).toHaveText(new RegExp(`^G${step.g} `));
        const share = nanosIn(/[\d.]+ \S+ · /.exec(plain(await steps.nth(i).innerText()))![0]);
        expect(Math.abs(share - step.nanos)).toBeLessThanOrEqual(Math.max(1, step.nanos / 1000));
      }
      await timeline.focus();
      await d.press('Control+c');
      const text = plain(await d.copied());
      expect(text.split('\n').filter((l) => /^ {2}G\d+ .*; share /.test(l))).toHaveLength(wait.chain.length);
      const shares = [...text.matchAll(/; share .*\(([\d ]+) ns\)/g)].map((m) => Number(m[1]!.replaceAll(' ', '')));
      expect(shares).toEqual(wait.chain.map((s) => s.nanos));
      // Its next event, and back to what it was.
      await d.press('>');
      expect(nanosOf(await d.field('Start'))).toBe(wait.s.to);
    });

    await test.step('13: the link leads back to place and selection', async () => {
      await d.goTo(`G${wait.g}@${wait.s.from}`);
      await d.press('f');
      const at = await d.visible();
      await d.press('Shift+C');
      const link = await d.copied();
      await d.reset();
      await d.goTo(link);
      expect(await d.visible()).toEqual(at);
      expect(nanosOf(await d.field('Start'))).toBe(wait.s.from);
    });

    await test.step('7: flows in view are as many as the events have', async () => {
      const room = Math.max(2000, Math.round((wait.s.to - wait.s.from) / 20));
      const [from, to] = [Math.max(0, wait.s.to - room), Math.min(end, wait.s.to + room)];
      await d.goTo(`${from / 1e3}..${to / 1e3} µs`);
      await d.press('v');
      const inView = flowsOf(events).filter((f) => f.t >= from && f.t < to).length;
      await expect(page.locator('.flow-sentence')).toContainText(
        new RegExp(`^([\\d,]+ of )?${inView.toLocaleString('en-US')} flows?`),
      );
      await d.press('v');
    });

    await test.step('8: hits are counted, gone to, underlined, and the rest is paler', async () => {
      await d.reset();
      await d.rowsBy('Goroutines');
      const before = (await d.colours())[warn] ?? 0;
      const least = wait.s.to - wait.s.from;
      const want = [...lives.values()].flat().filter((s) => s.state === 'Waiting' && s.to - s.from >= least).length;
      const field = page.getByRole('combobox', { name: 'Find spans and events' });
      await field.fill(`state:waiting dur>=${least}`);
      await field.press('Enter');
      await d.idle();
      const says = page.getByRole('search').getByRole('status').last();
      const told = Number(/of ([\d,]+)/.exec(await says.innerText())![1]!.replaceAll(',', ''));
      if (trace.cut) expect(told).toBeGreaterThan(0);
      else expect(told).toBe(want);
      const first = nanosOf(await d.field('Start'));
      await timeline.focus();
      await d.press('n');
      expect(nanosOf(await d.field('Start'))).toBeGreaterThanOrEqual(first);
      await d.press('Shift+N');
      expect((await d.colours())[warn] ?? 0).toBeGreaterThan(before);
      await field.fill('');
      await field.press('Enter');
      await d.idle();
      expect((await d.colours())[warn] ?? 0).toBe(before);
    });

    await test.step('9: what is highlighted is underlined, also in merged spans', async () => {
      await d.rowsBy('Processors');
      await d.press('0');
      const runs = lives.get(wait.g)!.filter((s) => s.state === 'Running' && s.from > 0);
      await d.goTo(`P${runs[0]!.p}@${runs[0]!.from}`);
      await d.press('0');
      const before = (await d.colours())[warn] ?? 0;
      await d.press('h', 'h');
      expect((await d.colours())[warn] ?? 0).toBeGreaterThan(before);
      await d.press('h');
      expect((await d.colours())[warn] ?? 0).toBe(before);
      await d.press('Control+2');
      await expect(page.getByRole('list', { name: 'Legend' })).toContainText('a hue for each goroutine');
      await d.press('Control+1');
    });

    await test.step('4, 10: keys, their dialog, and the time of day where the trace has one', async () => {
      await d.reset();
      const whole = await d.visible();
      await d.press('w');
      expect((await d.visible()).to - (await d.visible()).from).toBeLessThan(whole.to - whole.from);
      await d.press('0');
      expect(await d.visible()).toEqual(whole);
      await d.press('?');
      await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
      await d.press('Escape');
      const { x, width, y } = await d.chart('P 0');
      await page.mouse.move(x + width / 2, y);
      await d.idle();
      const status = page.getByRole('contentinfo', { name: 'Status' });
      if (trace.clock) await expect(status).toContainText(/\d\d:\d\d:\d\d/);
      else await expect(status).not.toContainText(/\d\d:\d\d:\d\d/);
    });

    await test.step('12: the picture as SVG, with the names of its rows', async () => {
      const target = path.join(d.launched.dataDir, 'picture.svg');
      rmSync(target, { force: true });
      await d.launched.app.evaluate(({ dialog }, filePath) => {
        dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
      }, target);
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await page.getByRole('button', { name: 'Save as SVG…' }).click();
      await expect(() =>
        expect(readFileSync(target).toString()).toMatch(/^<svg [^]*>P 0<\/text>[^]*<\/svg>\s*$/),
      ).toPass();
    });
    await closeTimeline(d);
  });
