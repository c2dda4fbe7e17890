// What stands on the rows of View trace: rows 32 to 39 and 45 to 72 of the feature matrix (docs/features.md). What is
// drawn is read from the table that says the same, and held against Go's own reader.
import { expect, test } from '@playwright/test';
import path from 'node:path';
import { chainOf, countAt, goldenEvents, livesOf, threadsAt, type GoldenEvent } from './golden-events';
import { broken, root } from './launch';
import {
  ask,
  closeTimeline,
  fixture,
  nanosIn,
  nanosOf,
  openTimeline,
  plain,
  type TimelineDriver,
} from './timeline-driver';

const zoomTo = (d: TimelineDriver, from: number, to: number): Promise<void> =>
  d.goTo(`${(from / 1e3).toFixed(3)}..${(to / 1e3).toFixed(3)} µs`);
/** Spans of the golden that are drawn as themselves: some pixels wide in the window, and inside it. */
const isWide = (s: { from: number; to: number }, from: number, to: number): boolean =>
  s.to - s.from > (to - from) / 50 && s.from >= from && s.to <= to;

test.describe('GC heavy, Go 1.26', () => {
  const name = 'go1.26-gcheavy';
  const events = goldenEvents(name);
  const lives = livesOf(events);
  let d: TimelineDriver;
  test.beforeAll(async () => {
    d = await openTimeline(fixture(name));
  });
  test.afterAll(() => closeTimeline(d));
  test.beforeEach(() => d.reset());

  test('F45: rows of processors tell which goroutine ran when, and where it was idle', async () => {
    const [from, to] = [100e6, 135e6];
    await zoomTo(d, from, to);
    const table = await d.table();
    let checked = 0;
    for (const [g, list] of lives)
      for (const s of list.filter((x) => x.state === 'Running' && isWide(x, from, to))) {
        const drawn = table.find((t) => t.row === `P ${s.p}` && t.start === s.from);
        expect(drawn, `G${g} on P ${s.p} from ${s.from}`).toMatchObject({ duration: s.to - s.from, g, count: 1 });
        checked++;
      }
    expect(checked).toBeGreaterThan(5);
    // Spans of a processor never overlap: between them it is idle.
    for (const p of [0, 1, 2, 3, 4]) {
      const row = table.filter((t) => t.row === `P ${p}` && t.g !== null);
      row.slice(1).forEach((t, i) => expect(t.start).toBeGreaterThanOrEqual(row[i]!.start + row[i]!.duration));
    }
  });

  test('F52: the curve Goroutines tells the exact counts at a click', async () => {
    const { x, width } = await d.chart('P 3');
    const curve = (await d.page.getByRole('img', { name: 'Goroutines', exact: true }).boundingBox())!;
    for (const share of [0.1, 0.45, 0.83]) {
      await d.page.mouse.click(x + width * share, curve.y + 20);
      await d.idle();
      const at = nanosOf(await d.field('Start'));
      expect(Number(await d.field('Running'))).toBe(countAt(events, 'Running', at));
      expect(Number(await d.field('Runnable'))).toBe(countAt(events, 'Runnable', at));
    }
  });

  test('F52: the curve of scheduler latency, shown, hidden, moved and sized', async () => {
    await d.press('y');
    const list = d.page.getByRole('group', { name: 'Curves' });
    for (const name of ['Processor use', 'GC CPU', 'Scheduler latency'])
      await list.getByRole('checkbox', { name }).check();
    await list.getByRole('checkbox', { name: 'Threads' }).uncheck();
    await list.getByRole('button', { name: 'Heap up' }).click();
    await list.getByRole('slider', { name: 'Height of Goroutines' }).fill('100');
    await d.press('Escape');
    const images = d.region('Statistics').getByRole('img');
    expect(await images.evaluateAll((els) => els.map((e) => e.getAttribute('aria-label')))).toEqual([
      'Heap',
      'Goroutines',
      'Processor use',
      'GC CPU',
      'Scheduler latency',
    ]);
    // Beside the names of the added ones stand their means: of four processors those that ran, and the mark workers.
    const end = events.at(-1)!.t;
    const timeOf = (is: (e: GoldenEvent) => boolean, not: (e: GoldenEvent) => boolean): number => {
      const since = new Map<number, number>();
      let sum = 0;
      for (const e of events) {
        const id = e.id ?? e.g;
        if (is(e) && !since.has(id)) since.set(id, e.t);
        else if (not(e) && since.has(id)) {
          sum += e.t - since.get(id)!;
          since.delete(id);
        }
      }
      return [...since.values()].reduce((n, t) => n + end - t, sum);
    };
    const ofProc = (e: GoldenEvent): boolean => e.k === 'StateTransition' && e.res === 'Proc';
    const ofG = (e: GoldenEvent): boolean => e.k === 'StateTransition' && e.res === 'Goroutine';
    const procs = timeOf(
      (e) => ofProc(e) && e.to === 'Running',
      (e) => ofProc(e) && e.to !== 'Running',
    );
    const workers = timeOf(
      (e) => e.k === 'Label',
      (e) => ofG(e) && e.to !== 'Running',
    );
    const says = plain(await d.region('Statistics').innerText());
    const shareOf = (name: string): number => Number(new RegExp(`${name}\\s+([\\d.]+) % of 4 P`).exec(says)![1]) / 100;
    expect(shareOf('Processor use') / (procs / end / 4)).toBeCloseTo(1, 2);
    expect(shareOf('GC CPU') / (workers / end / 4)).toBeCloseTo(1, 2);
    expect((await d.page.getByRole('img', { name: 'Goroutines', exact: true }).boundingBox())!.height).toBe(100);
    // The most of the whole trace stands beside its name.
    const waits = [...lives.values()].flatMap((l) =>
      l.flatMap((s, i) => (s.state === 'Runnable' && l[i + 1]?.state === 'Running' ? [s] : [])),
    );
    const most = Math.max(...waits.map((s) => s.to - s.from));
    const told = /most ([\d.]+) (ns|µs|ms)/.exec(plain(await d.region('Statistics').innerText()))!;
    const nanos = Number(told[1]) * { ns: 1, µs: 1e3, ms: 1e6 }[told[2] as 'ns' | 'µs' | 'ms'];
    expect(Math.abs(nanos / most - 1)).toBeLessThan(0.01);
    // A click tells who began to run last, and what it had waited.
    const curve = (await d.page.getByRole('img', { name: 'Scheduler latency', exact: true }).boundingBox())!;
    await d.page.mouse.click(curve.x + curve.width * 0.4, curve.y + 10);
    await d.idle();
    const at = nanosOf(await d.field('Start'));
    const last = waits.filter((s) => s.to <= at).reduce((a, b) => (b.to >= a.to ? b : a));
    const [g] = [...lives].find(([, l]) => l.includes(last))!;
    expect(await d.field('Scheduler latency')).toContain(`G${g}`);
    await d.press('y');
    await list.getByRole('button', { name: 'As at first' }).click();
    await d.press('Escape');
    await expect(images).toHaveCount(3);
  });

  test('F53: the curve Heap tells allocated bytes and the next GC as the metrics say', async () => {
    const curve = (await d.page.getByRole('img', { name: 'Heap', exact: true }).boundingBox())!;
    await d.page.mouse.click(curve.x + curve.width * 0.6, curve.y + 15);
    await d.idle();
    const at = nanosOf(await d.field('Start'));
    const last = (metric: string): number =>
      (
        events.filter((e) => e.k === 'Metric' && e.name === metric && e.t <= at).at(-1) as GoldenEvent & {
          value: number;
        }
      ).value;
    const titles = await d
      .region('Details')
      .locator('dd[title$="bytes"]')
      .evaluateAll((els) => els.map((e) => e.getAttribute('title') ?? ''));
    expect(titles.map((t) => Number(t.replace(/\D/g, '')))).toEqual([
      last('/memory/classes/heap/objects:bytes'),
      last('/gc/heap/goal:bytes'),
    ]);
  });

  test('F54: the curve Threads tells those that run and those in system calls', async () => {
    const curve = (await d.page.getByRole('img', { name: 'Threads', exact: true }).boundingBox())!;
    await d.page.mouse.click(curve.x + curve.width * 0.3, curve.y + 15);
    await d.idle();
    const at = nanosOf(await d.field('Start'));
    const threads = threadsAt(events, at);
    expect(await d.field('In syscall')).toBe(String(threads.inSyscall));
    expect(await d.region('Details').getByRole('definition').last().innerText()).toBe(String(threads.running));
  });

  test('F55: rows of the GC tell cycles, and stops with their reason', async () => {
    const table = await d.table();
    const begins = (n: RegExp): readonly number[] =>
      events.filter((e) => e.k === 'RangeBegin' && n.test(e.name ?? '')).map((e) => e.t);
    const cycles = table.filter((t) => t.row === 'GC cycles');
    expect(cycles.reduce((n, c) => n + c.count, 0)).toBe(begins(/concurrent mark/).length);
    const stops = table.filter((t) => t.row === 'STW');
    expect(stops.reduce((n, c) => n + c.count, 0)).toBe(begins(/^stop-the-world/).length);
    expect(stops.find((t) => t.count === 1 && t.start === 59_424_768)?.what).toBe(
      'stop-the-world (GC mark termination)',
    );
  });

  test('F56: O shades GC and stops across all rows, and takes it away again', async () => {
    const band = '242,222,219';
    const on = (await d.colours())[band] ?? 0;
    await d.press('o');
    const off = (await d.colours())[band] ?? 0;
    await d.press('o');
    expect(on).toBeGreaterThan(10_000);
    expect(off).toBe(0);
  });

  test('F58: mark assists, sweeps and mark workers are told apart', async () => {
    const [from, to] = [96.6e6, 104.2e6];
    await zoomTo(d, from, to);
    const table = await d.table();
    const inside = table.filter((t) => t.row === 'P 3, inside' && t.state === 'mark assist');
    const assists = events.filter(
      (e) => e.k === 'RangeBegin' && e.name === 'GC mark assist' && e.p === 3 && e.t >= from && e.t < to,
    );
    expect(inside.reduce((n, t) => n + t.count, 0)).toBe(assists.length);
    expect(table.some((t) => t.state === 'GC mark worker' && /gcBgMarkWorker/.test(t.what))).toBe(true);
    const all = await (await d.reset(), d.table());
    expect(all.filter((t) => t.state === 'sweep').length).toBeGreaterThan(0);
  });

  test('F58: a sweep tells the bytes that it swept and reclaimed, a mark worker its kind', async () => {
    interface Sweep extends GoldenEvent {
      readonly attrs: Readonly<Record<'bytes swept' | 'bytes reclaimed', number>>;
    }
    const begun = new Map<number, GoldenEvent>();
    const sweeps = events.flatMap((e) => {
      if (e.name !== 'GC incremental sweep') return [];
      if (e.k === 'RangeBegin') begun.set(e.p, e);
      return e.k === 'RangeEnd' ? [{ from: begun.get(e.p)!.t, to: e.t, p: e.p, of: (e as Sweep).attrs }] : [];
    });
    for (const s of sweeps.sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, 3)) {
      await zoomTo(d, s.from - 5000, s.to + 5000);
      // The lower line of the processor.
      const { x, width, y } = await d.chart(`P ${s.p}`);
      await d.page.mouse.click(x + width / 2, y + 14);
      await d.idle();
      expect(await d.field('State')).toMatch(/^sweep/);
      expect(nanosOf(await d.field('Start'))).toBe(s.from);
      expect(nanosOf(await d.field('Wall Duration'))).toBe(s.to - s.from);
      for (const name of ['bytes swept', 'bytes reclaimed'] as const)
        expect(await d.field(name)).toContain(`${s.of[name].toLocaleString('en-US')} bytes`);
    }
    const kinds = new Set<string>();
    for (const label of events.filter((e) => e.k === 'Label')) {
      const run = lives.get(label.g)!.find((s) => s.state === 'Running' && s.from <= label.t && label.t < s.to)!;
      if (kinds.has(label.name!)) continue;
      await d.goTo(`P${label.p}@${run.from}`);
      expect(await d.field('Title')).toBe(`G${label.g} runtime.gcBgMarkWorker, ${label.name}`);
      kinds.add(label.name!);
    }
    expect([...kinds].sort()).toEqual(['GC (dedicated)', 'GC (idle)']);
  });

  test('F65: the number of processors is told, with its change', async () => {
    await expect(d.region('Processors')).toContainText('5 of 5');
    // A fifth processor ran only after GOMAXPROCS was raised.
    const raised = (
      events.find((e) => e.k === 'Metric' && (e as unknown as { value: number }).value === 5) as GoldenEvent
    ).t;
    const table = await d.table();
    expect(table.filter((t) => t.row === 'P 4').every((t) => t.start + t.duration >= raised)).toBe(true);
  });

  test('F69: merged spans tell how many they hold, of which time and which state', async () => {
    const table = await d.table();
    const starts = events.filter(
      // Back from a short system call it is the same span.
      (e) =>
        e.k === 'StateTransition' && e.res === 'Goroutine' && e.to === 'Running' && e.p === 2 && e.from !== 'Syscall',
    );
    const drawn = table.filter((t) => t.row === 'P 2').reduce((n, t) => n + t.count, 0);
    // Yields that come back at once are one span each in both.
    expect(drawn).toBe(starts.length);
    const { x, width, y } = await d.chart('P 2');
    await d.page.mouse.move(x + (132e6 / 135_537_857) * width, y);
    await d.idle();
    await expect(d.page.getByRole('tooltip')).toContainText(/spans merged on P 2/);
    await expect(d.page.getByRole('tooltip')).toContainText(/busy .*\s%\)/);
  });

  test('F70: one colour for each state, with a legend that makes a state paler', async () => {
    const legend = d.page.getByRole('list', { name: 'Legend' });
    await expect(legend).toContainText('GC mark worker');
    const mark = '110,41,166';
    const before = (await d.colours())[mark] ?? 0;
    await legend.getByRole('button', { name: 'GC mark worker' }).click();
    await d.idle();
    const muted = (await d.colours())[mark] ?? 0;
    await legend.getByRole('button', { name: 'GC mark worker' }).click();
    await d.idle();
    expect(before).toBeGreaterThan(5000);
    expect(muted).toBeLessThan(before / 2);
    // All states fit, and each kind of rows has those that it draws.
    const names = async (): Promise<readonly string[]> =>
      (await legend.getByRole('listitem').allInnerTexts()).map((t) => t.trim());
    expect(await names()).toEqual([
      'running',
      'GC mark worker',
      'mark assist',
      'sweep',
      'STW',
      'syscall',
      'other runtime',
      'merged, under 1 px each',
    ]);
    const box = (await legend.boundingBox())!;
    const last = (await legend.getByRole('listitem').last().boundingBox())!;
    expect(last.y).toBeLessThan(box.y + box.height);
    await d.rowsBy('Threads');
    expect(await names()).toEqual(['running', 'syscall', 'merged, under 1 px each']);
    await d.rowsBy('Goroutines');
    expect(await names()).toEqual(expect.arrayContaining(['runnable', 'sync, channel', 'network', 'sleep', 'GC']));
    // Families of waits are made paler one by one.
    const wait = '153,73,2';
    const full = (await d.colours())[wait] ?? 0;
    await legend.getByRole('button', { name: 'sync, channel' }).click();
    await d.idle();
    expect((await d.colours())[wait] ?? 0).toBeLessThan(full / 2);
    await legend.getByRole('button', { name: 'sync, channel' }).click();
    await d.rowsBy('Processors');
    // By goroutine: what runs has the hue of its goroutine, G26 number 14.
    await d.press('Control+2');
    const hue = (await d.colours())['58,148,186'] ?? 0;
    expect(hue).toBeGreaterThan(500);
    await d.press('Control+1');
  });

  test('F71: the axis shows the time of day', async () => {
    await d.press('k');
    const { x, width, y } = await d.chart('P 3');
    await d.page.mouse.move(x + width / 2, y);
    await d.idle();
    // Its first event is 36,544 ns before its clock was read, at 10:10:56.801953887; the middle is 67.769 ms later.
    expect(plain(await d.region('Statistics').innerText())).toContain('at 10:10:56.869');
    const status = d.page.getByRole('contentinfo', { name: 'Status' });
    expect(plain(await status.innerText())).toContain('10:10:56.869 UTC');
    // It stands beside the name of the region, not over it.
    const [name, time] = await Promise.all(
      [d.region('Statistics').getByRole('heading'), d.region('Statistics').getByText('at 10:10')].map(async (l) => {
        const range = await l.evaluate((el) => {
          const r = document.createRange();
          r.selectNodeContents(el);
          const b = r.getBoundingClientRect();
          return { left: b.left, right: b.right };
        });
        return range;
      }),
    );
    expect(name!.right).toBeLessThan(time!.left);
    await d.press('k');
  });

  test('F72: what runs past both edges of the window is drawn, and told in full', async () => {
    await zoomTo(d, 100e6, 101e6);
    const table = await d.table();
    expect(table.find((t) => t.row === 'P 3')).toMatchObject({ start: 96_642_560, duration: 15_953_344, g: 26 });
  });

  test('F74: a run that was only let go on says that nobody woke it', async () => {
    await d.goTo('P3@96642560');
    const ofStop = (e: GoldenEvent): boolean => e.id === 26 && e.from === 'Running' && e.to === 'Runnable';
    const stop = events.filter((e) => e.t < 96_642_560 && ofStop(e)).at(-1)!;
    const text = await d.field('Incoming flow');
    expect(text).toMatch(/^It had run since it was last woken\. Before this it stopped: preempted at/);
    expect(Math.abs(nanosIn(/at ([\d.]+ \S+)\./.exec(text)![1]!) - stop.t)).toBeLessThanOrEqual(stop.t / 1000);
  });

  test('F35: F44: a row is pinned on top, stays there when others scroll, and is taken down', async () => {
    await d.goTo('P3@96642560');
    await d.press('p');
    const pinned = d.region('Pinned rows');
    await expect(pinned).toContainText('P 3');
    const y = (await pinned.boundingBox())!.y;
    await d.rowsBy('Goroutines');
    await d.page.mouse.move(900, 600);
    await d.page.mouse.wheel(0, 400);
    await d.idle();
    expect((await pinned.boundingBox())!.y).toBe(y);
    // Each row can be pinned by a button, whose pin comes with the pointer or the keyboard.
    const rows = d.region('Goroutines');
    const [first, second] = [2, 3].map((n) => rows.getByRole('button', { name: /^Pin G/ }).nth(n));
    await rows.locator('.row').nth(2).hover();
    await expect(first!.locator('svg')).toBeVisible();
    await expect(second!.locator('svg')).toHaveCount(0);
    await first!.focus();
    await d.page.keyboard.press('Tab');
    await d.page.keyboard.press('Tab');
    await expect(second!).toBeFocused();
    await expect(second!.locator('svg')).toBeVisible();
    await d.page.mouse.move(900, 600);
    await expect(first!.locator('svg')).toHaveCount(0);
    await pinned.getByRole('button', { name: 'Unpin P 3' }).click();
    await expect(pinned).toHaveCount(0);
  });

  test('F39: rows, colours and place come back after a restart of the page’s history', async () => {
    await d.rowsBy('Goroutines');
    await d.press('Control+3', 'w', 'w');
    const v = await d.visible();
    await d.press('Shift+C');
    expect(await d.copied()).toMatch(
      /^tracewell:\/\/open\?file=.*&page=view-trace&from=\d+&to=\d+&rows=goroutines&colour=function$/,
    );
    await d.page.getByText('Home', { exact: true }).first().click();
    await d.idle();
    await d.page.keyboard.press('Alt+ArrowLeft');
    await d.idle();
    await expect(d.page.getByRole('radio', { name: 'Goroutines' })).toBeChecked();
    await expect(d.page.getByRole('radio', { name: 'Function' })).toBeChecked();
    expect(await d.visible()).toEqual(v);
  });

  test('F50: a system call is a span of its own, with its length', async () => {
    const calls = [...lives].flatMap(([g, l]) => l.filter((s) => s.state === 'Syscall').map((s) => ({ ...s, g })));
    const longest = calls.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a));
    await d.rowsBy('Goroutines');
    await d.goTo(`G${longest.g}@${longest.from}`);
    expect(await d.field('State')).toMatch(/^syscall/);
    expect(nanosOf(await d.field('Start'))).toBe(longest.from);
    expect(nanosOf(await d.field('Wall Duration'))).toBe(longest.to - longest.from);
  });

  test('F46: rows of threads', async () => {
    await d.rowsBy('Threads');
    // Those on which a goroutine ran.
    const ran = events.filter((e) => e.k === 'StateTransition' && e.res === 'Goroutine' && e.to === 'Running');
    const threads = new Set(ran.map((e) => e.m));
    await expect(d.region('Threads')).toContainText(`${threads.size} of ${threads.size}`);
    const table = await d.table();
    const run = [...lives.values()].flat().find((s) => s.state === 'Running' && s.to - s.from > 10e6)!;
    const on = events.find((e) => e.t === run.from && e.to === 'Running')!;
    expect(table.some((t) => t.row === `M ${on.m}` && t.start === run.from)).toBe(true);
    // A system call has its colour here too: those of the one that lasts longest.
    const call = [...lives.values()]
      .flat()
      .filter((s) => s.state === 'Syscall')
      .reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a));
    await zoomTo(d, call.from - 1000, call.to + 1000);
    expect((await d.colours())['11,117,160'] ?? 0).toBeGreaterThan(1000);
  });

  test('F59: where a processor was stopped and started again there is a gap', async () => {
    const stops = events.filter((e) => e.k === 'StateTransition' && e.res === 'Proc' && e.id === 1 && e.to === 'Idle');
    const at = stops.find((e) => {
      const next = events.find((x) => x.t > e.t && x.res === 'Proc' && x.id === 1 && x.to === 'Running');
      return next !== undefined && next.t - e.t > 1e6;
    })!;
    const next = events.find((x) => x.t > at.t && x.res === 'Proc' && x.id === 1 && x.to === 'Running')!;
    await d.rowsBy('Processors');
    await zoomTo(d, at.t - 5e6, next.t + 5e6);
    const table = (await d.table()).filter((t) => t.row === 'P 1');
    const spans = table.filter((t) => t.g !== null);
    expect(spans.some((t) => t.start < next.t && t.start + t.duration > at.t)).toBe(false);
    expect(table.length).toBeGreaterThan(0);
  });
});

test.describe('locks, Go 1.26: rows of goroutines', () => {
  const name = 'go1.26-locks';
  const events = goldenEvents(name);
  const lives = livesOf(events);
  let d: TimelineDriver;
  test.beforeAll(async () => {
    d = await openTimeline(fixture(name));
  });
  test.afterAll(() => closeTimeline(d));
  test.beforeEach(async () => {
    await d.reset();
    await d.rowsBy('Goroutines');
  });

  test('F47: every goroutine has a row', async () => {
    await expect(d.region('Goroutines')).toContainText(`${lives.size} of ${lives.size}`);
    const counts = await d.page.locator('.group .count').allInnerTexts();
    expect(counts.length).toBeGreaterThan(2);
  });

  /** Stretches of a goroutine as the picture has them, against the golden. */
  async function sameLife(g: number, state: string, drawnAs: string): Promise<number> {
    const list = lives.get(g)!;
    let checked = 0;
    for (const s of list.filter((x) => x.state === state).slice(0, 4)) {
      await d.goTo(`G${g}@${s.from}`);
      expect(await d.field('State'), `G${g} at ${s.from}`).toContain(drawnAs);
      expect(nanosOf(await d.field('Start'))).toBe(s.from);
      expect(nanosOf(await d.field('Wall Duration'))).toBe(s.to - s.from);
      if (s.reason && state === 'Waiting') expect(await d.field('State')).toContain(s.reason);
      checked++;
    }
    return checked;
  }
  const busiest = [...lives].reduce((a, b) => (b[1].length > a[1].length ? b : a))[0];

  test('F48: waiting is a span with its reason', async () => {
    expect(await sameLife(busiest, 'Waiting', 'waiting')).toBeGreaterThan(2);
  });

  test('F49: runnable is a span', async () => {
    expect(await sameLife(busiest, 'Runnable', 'runnable')).toBeGreaterThan(2);
  });

  test('F51: made, ended and alive at the end are told apart', async () => {
    const ended = [...lives].find(
      ([g]) =>
        events.some((e) => e.id === g && e.to === 'NotExist') &&
        events.some((e) => e.id === g && e.from === 'NotExist'),
    )![0];
    const alive = [...lives].find(
      ([g]) =>
        events.some((e) => e.id === g && e.from === 'Undetermined') &&
        !events.some((e) => e.id === g && e.to === 'NotExist'),
    )![0];
    const title = async (g: number): Promise<string> => {
      await d.goTo(`G${g}`);
      return plain(
        (await d.page.locator('.row .plain', { hasText: new RegExp(`^G${g}$`) }).getAttribute('title')) ?? '',
      );
    };
    expect(await title(ended)).toMatch(/\nfrom [\d.]+ .s, to [\d.]+ .s\n/);
    expect(await title(alive)).toMatch(/\nthere before the trace, not ended\n/);
  });

  test('F32: G goes to a goroutine, a processor or a thread', async () => {
    await d.goTo(`G${busiest}`);
    await expect(d.page.locator('.row.chosen')).toContainText(`G${busiest}`);
    await d.goTo('P 1');
    await expect(d.region('Processors')).toContainText('P 1');
    const m = events.find((e) => e.m > 0)!.m;
    await d.goTo(`M ${m}`);
    await expect(d.region('Threads')).toContainText(`M ${m}`);
  });

  test('F36: rows are filtered in the search language, and a wrong filter is told where it is wrong', async () => {
    const fn = (await d.page.locator('.group button').first().getAttribute('title'))!;
    const field = d.page.getByRole('combobox', { name: 'Filter rows' });
    await field.fill(`fn:"${fn}"`);
    await field.press('Enter');
    await d.idle();
    await expect(d.region('Goroutines')).not.toContainText(`${lives.size} of ${lives.size}`);
    const titles = await d.page.locator('.group button').evaluateAll((els) => els.map((e) => e.getAttribute('title')));
    expect(titles.every((t) => t?.includes(fn))).toBe(true);
    await field.fill('moon:3');
    await field.press('Enter');
    await d.idle();
    // The field says where it is wrong; the rows stay those of the filter before.
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(d.page.locator('.search-field mark')).toHaveText('moon');
    expect(await d.page.locator('.group button').count()).toBe(titles.length);
    await d.page.getByRole('button', { name: 'Clear: Filter rows' }).click();
    await d.idle();
    await expect(d.region('Goroutines')).toContainText(`${lives.size} of ${lives.size}`);
    await field.fill('fn:nowhere.at.all');
    await field.press('Enter');
    await d.idle();
    await expect(d.page.getByText('No goroutine matches')).toBeVisible();
    await d.page.getByRole('button', { name: 'Clear filter' }).click();
    await d.idle();
  });

  test('F37: groups are closed and opened, one or all', async () => {
    const group = d.page.locator('.group button').first();
    const before = (await d.rows()).length;
    await group.click();
    await d.idle();
    await expect(group).toHaveAttribute('aria-expanded', 'false');
    await d.press('-');
    expect(await d.rows()).toEqual([]);
    expect((await d.page.locator('.group').count()) > 2).toBe(true);
    await d.press('+');
    expect((await d.rows()).length).toBe(before);
  });

  test('F38: rows are sorted by what is chosen', async () => {
    await d.page.getByLabel('by function').uncheck();
    await d.page.getByLabel('Sort rows by').selectOption('waiting');
    await d.idle();
    const waits = new Map(
      [...lives].map(([g, l]) => [g, l.filter((s) => s.state === 'Waiting').reduce((n, s) => n + s.to - s.from, 0)]),
    );
    const shown = (await d.rows()).map((r) => Number(/^G(\d+)/.exec(r)![1]));
    expect(shown.length).toBeGreaterThan(5);
    for (let i = 1; i < shown.length; i++) expect(waits.get(shown[i]!)!).toBeLessThanOrEqual(waits.get(shown[i - 1]!)!);
    await d.page.getByLabel('Sort rows by').selectOption('start');
    await d.page.getByLabel('by function').check();
    await d.idle();
  });
});

for (const name of ['go1.26-tasks', 'go1.19-tasks']) {
  test.describe(`${name}: tasks, regions and logs`, () => {
    const events = goldenEvents(name);
    let d: TimelineDriver;
    test.beforeAll(async () => {
      d = await openTimeline(fixture(name));
    });
    test.afterAll(() => closeTimeline(d));
    test.beforeEach(() => d.reset());

    test('F62: user regions are bands on the row of their goroutine, nested', async () => {
      await d.rowsBy('Goroutines');
      const begin = events.find((e) => e.k === 'RegionBegin')!;
      await d.goTo(`G${begin.g}@${begin.t}`);
      await d.press('f');
      const table = await d.table();
      expect(table.some((t) => t.state === 'region' && t.start === begin.t && t.row === `G${begin.g}, nested`)).toBe(
        true,
      );
    });

    test('F63: user tasks are rows', async () => {
      await d.rowsBy('Tasks');
      // One began before the trace and ended in it.
      const known = events.filter((e) => e.k === 'TaskBegin' || e.k === 'TaskEnd') as (GoldenEvent & {
        task: number;
      })[];
      const tasks = new Set(known.map((e) => e.task));
      await expect(d.region('Tasks')).toContainText(`${tasks.size} of ${tasks.size}`);
      const first = known.find((e) => e.k === 'TaskBegin')!;
      await d.goTo(`T${first.task}@${first.t}`);
      expect(nanosOf(await d.field('Start'))).toBe(first.t);
    });

    test('F78: the chain of causes, step by step as the events tell it', async () => {
      const lives = livesOf(events);
      const chains = [...lives].flatMap(([g, l]) =>
        l
          .filter((s) => s.state === 'Waiting' && s.by >= 0 && s.from > 0)
          .map((s) => ({ g, s, chain: chainOf(events, lives, g, s) })),
      );
      const longest = chains.reduce((a, b) => (b.chain.length > a.chain.length ? b : a));
      expect(longest.chain.length).toBeGreaterThan(2);
      await d.rowsBy('Goroutines');
      await d.goTo(`G${longest.g}@${longest.s.from}`);
      const steps = d.region('Details').getByRole('list', { name: 'Why was I waiting' }).getByRole('listitem');
      await expect(steps).toHaveCount(longest.chain.length);
      for (const [i, step] of longest.chain.entries()) {
        const text = plain(await steps.nth(i).innerText());
        expect(text).toContain(`G${step.g} `);
        expect(Math.abs(nanosIn(/[\d.]+ \S+ · /.exec(text)![0]) - step.nanos)).toBeLessThanOrEqual(step.nanos / 1000);
      }
    });

    test('F64: user logs are ticks on their goroutine’s row', async () => {
      await d.rowsBy('Goroutines');
      const log = events.find((e) => e.k === 'Log')!;
      await d.goTo(`G${log.g}@${log.t}`);
      await d.press('f');
      const logs = (await d.table()).filter((t) => t.state === 'log');
      expect(logs.some((t) => log.t >= t.start && log.t <= t.start + Math.max(1, t.duration))).toBe(true);
    });
  });
}

test('F57: wake-ups by the network, timers and system calls have rows', async () => {
  const d = await openTimeline(fixture('go1.26-netsys'));
  const events = goldenEvents('go1.26-netsys');
  for (const name of ['Network', 'Timers', 'Syscalls']) await expect(d.region('Processors')).toContainText(name);
  // Where somebody was woken there is a tick, on the row of who woke him.
  const waits = [...livesOf(events).values()].flat().filter((s) => s.state === 'Waiting' && s.by < 0);
  const ticksOf = async (name: string): Promise<number> => {
    const { width, y } = await d.chart(name);
    const top = (await d.page.locator('.scroller').boundingBox())!.y;
    const area = { x: 0, y: Math.round(y - top) - 7, width: Math.round(width), height: 14 };
    return (await d.colours(area))['194,121,4'] ?? 0;
  };
  expect(waits.filter((s) => s.reason === 'network').length).toBeGreaterThan(10);
  expect(waits.filter((s) => s.reason === 'sleep').length).toBeGreaterThan(10);
  for (const name of ['Network', 'Timers', 'Syscalls']) expect(await ticksOf(name), name).toBeGreaterThan(10);
  await closeTimeline(d);
});

test('F60: CPU samples are ticks on the rows of goroutines', async () => {
  const d = await openTimeline(fixture('go1.26-cpuprofile'));
  const samples = goldenEvents('go1.26-cpuprofile').filter((e) => e.k === 'StackSample' && e.g > 0);
  await d.rowsBy('Goroutines');
  const s = samples[Math.floor(samples.length / 2)]!;
  await d.goTo(`G${s.g}@${s.t}`);
  const drawn = (await d.table()).filter((t) => t.state === 'CPU sample' && t.row.startsWith(`G${s.g},`));
  expect(drawn.reduce((n, t) => n + t.count, 0)).toBe(samples.filter((x) => x.g === s.g).length);
  await closeTimeline(d);
});

test('F47: a hundred thousand rows scroll, the last one is reached, and are filtered', async () => {
  // Packed: it is opened as it is.
  const file = path.join(root, 'tests/fixtures/many/go1.26-fractal-pixel-320.trace.gz');
  const { goroutines } = ask('info', file) as { goroutines: number };
  expect(goroutines).toBeGreaterThan(100_000);
  const d = await openTimeline(file);
  await d.rowsBy('Goroutines');
  const all = goroutines.toLocaleString('en-US');
  const counts = (n: string): RegExp => new RegExp(`${n} of ${all}`);
  await expect(d.region('Goroutines')).toContainText(counts(all));
  await d.page.getByLabel('by function').uncheck();
  await d.page.getByLabel('Sort rows by').selectOption('id');
  await d.idle();
  await d.page.locator('.scroller').evaluate((el) => {
    el.scrollTop = el.scrollHeight;
  });
  const idOf = (row: string): number => Number(/^G(\d+)/.exec(row)?.[1] ?? -1);
  // Those of the pixels have ids one after another. The page hears of the scrolling a frame later.
  await expect.poll(async () => (await d.rows()).map(idOf).at(-1)).toBeGreaterThanOrEqual(goroutines);
  await d.idle();
  const atEnd = (await d.rows()).map(idOf);
  expect(atEnd.length).toBeGreaterThan(5);
  const drawn = await d.colours();
  expect(Object.values(drawn).reduce((a, b) => a + b, 0) - Math.max(...Object.values(drawn))).toBeGreaterThan(1000);
  const field = d.page.getByRole('combobox', { name: 'Filter rows' });
  await field.fill('g:50000..50009');
  await field.press('Enter');
  await d.idle();
  await expect(d.region('Goroutines')).toContainText(counts('10'));
  expect((await d.rows()).map(idOf)).toEqual(Array.from({ length: 10 }, (_, i) => 50_000 + i));
  await closeTimeline(d);
});

test('a truncated trace shows what is whole, and its rows', async () => {
  const d = await openTimeline(path.join(broken, 'broken-v2-cut-mid-batch-last-generation.trace'));
  await d.rowsBy('Goroutines');
  const info = ask('info', path.join(broken, 'broken-v2-cut-mid-batch-last-generation.trace')) as {
    goroutines: number;
  };
  await expect(d.region('Goroutines')).toContainText(/\d+ of \d+/);
  const [, total] = /of ([\d,]+)/.exec(await d.region('Goroutines').innerText())!;
  expect(Number(total!.replace(',', ''))).toBe(info.goroutines);
  await closeTimeline(d);
});
