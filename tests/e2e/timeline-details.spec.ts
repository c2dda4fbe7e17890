// What View trace tells of a selection: rows 34 and 73 to 84, 148 of the feature matrix (docs/features.md), against what
// the golden events say.

import { expect, test } from '@playwright/test';
import { coloursOf } from './canvas-pixels';
import { flowsOf, goldenEvents, livesOf, type GoldenEvent, type Stretch } from './golden-events';
import { closeTimeline, fixture, nanosIn, nanosOf, openTimeline, plain, type TimelineDriver } from './timeline-driver';

const name = 'go1.26-fractal-workers';
const events = goldenEvents(name);
const lives = livesOf(events);
const flows = flowsOf(events);
let d: TimelineDriver;

/** A wait that another goroutine ended, long enough to be picked, with what followed it. */
const wait = ((): { g: number; s: Stretch; wake: GoldenEvent; run: Stretch } => {
  for (const [g, list] of lives)
    for (const [i, s] of list.entries()) {
      const [next, run] = [list[i + 1], list[i + 2]];
      if (s.state !== 'Waiting' || s.by < 0 || s.from === 0 || next?.state !== 'Runnable' || run?.state !== 'Running')
        continue;
      const wake = events.find((e) => e.id === g && e.t === s.to && e.to === 'Runnable');
      if (wake?.stack && s.reason === 'chan receive') return { g, s, wake, run };
    }
  throw new Error('the fixture has no such wait');
})();

test.beforeAll(async () => {
  d = await openTimeline(fixture(name));
});
test.afterAll(() => closeTimeline(d));
test.beforeEach(async () => {
  await d.reset();
  await d.rowsBy('Goroutines');
});
const select = (): Promise<void> => d.goTo(`G${wait.g}@${wait.s.from}`);

test('F73: title, start, wall duration and both stacks of a span', async () => {
  await select();
  expect(await d.field('Title')).toContain(`G${wait.g}`);
  expect(nanosOf(await d.field('Start'))).toBe(wait.s.from);
  expect(nanosOf(await d.field('Wall Duration'))).toBe(wait.s.to - wait.s.from);
  const began = events.find((e) => e.id === wait.g && e.t === wait.s.from)!;
  const line = (frame: string): string => frame.split('@')[1]!;
  expect(await d.field('Start Stack Trace')).toContain(`:${line(began.stack![0]!)}`);
  await expect(d.region('Details').getByRole('term').filter({ hasText: 'End Stack Trace' })).toHaveCount(1);
});

test('F74: incoming and outgoing flow, each a link to its other end', async () => {
  await select();
  const incoming = await d.field('Incoming flow');
  expect(incoming).toContain(`G${wait.wake.g}`);
  const made = flows.find((f) => f.from === 'NotExist' && f.g > 0)!;
  await d.goTo(`G${made.g}@${made.t}`);
  expect(await d.field('Outgoing flow')).toMatch(/G\d+/);
  await select();
  await d
    .region('Details')
    .getByRole('link', { name: new RegExp(`^G${wait.wake.g} `) })
    .first()
    .click();
  await d.idle();
  expect(await d.field('Title')).toContain(`G${wait.wake.g}`);
});

test('F75: preceding, following and all connected events', async () => {
  await select();
  const mine = events.filter((e) => e.k === 'StateTransition' && e.res === 'Goroutine' && e.id === wait.g);
  const before = Math.min(20, mine.filter((e) => e.t < wait.s.from).length);
  expect(Number(/^(\d+) before/.exec(await d.field('Preceding events'))![1])).toBeGreaterThanOrEqual(before);
  await d
    .region('Details')
    .getByRole('button', { name: /before it$/ })
    .click();
  expect(await d.field('Preceding events')).toMatch(/runs|running/);
  expect(await d.field('Following events')).toMatch(/^\d+ in it and after/);
  await d
    .region('Details')
    .getByRole('link', { name: /: fit all$/ })
    .click();
  await d.idle();
  const v = await d.visible();
  expect(v.from).toBeLessThanOrEqual(wait.s.from);
  expect(v.to).toBeGreaterThanOrEqual(wait.s.to);
});

test('F76: arrows of the selection, of all in view with V, and a sentence where they are too many', async () => {
  await d.press('v');
  expect(flows.length).toBeGreaterThan(400);
  await expect(d.page.locator('.flow-sentence')).toContainText(
    `${flows.length.toLocaleString('en-US')} flows: zoom in`,
  );
  // A window with a few: as many arrows as the events have causes with a name in it.
  const [from, to] = [wait.s.from - 3000, wait.s.to + 3000];
  await d.goTo(`${from / 1e3}..${to / 1e3} µs`);
  await d.idle();
  const inView = flows.filter((f) => f.t >= from && f.t < to && f.g > 0);
  await expect(d.page.locator('.flow-sentence')).toContainText(new RegExp(`^(\\d+ of )?${inView.length} flows?`));
  await d.press('v');
  await expect(d.page.locator('.flow-sentence')).toHaveCount(0);
});

test('F77: who ended the wait, from which line, in one line of text', async () => {
  await select();
  const own = wait.wake.stack!.find((f) => !/^(runtime|internal\/runtime|syscall)[./]/.test(f))!;
  const [, line] = own.split('@');
  const incoming = await d.field('Incoming flow');
  expect(incoming).toMatch(new RegExp(`G${wait.wake.g} .*ended its wait for chan receive at .*, in .*:${line}`));
});

test('F78: the shares of the chain add up to the wait, and what follows to the next run', async () => {
  await select();
  const chain = d.region('Details').getByRole('list', { name: 'Why was I waiting' });
  await expect(chain.getByRole('listitem').first()).toContainText(`G${wait.g}`);
  expect(await d.field('Incoming flow')).not.toContain('It had run since');
  const text = plain(await d.field('Why was I waiting'));
  expect(nanosIn(/([\d.]+ \S+) in all/.exec(text)![1]!) / (wait.s.to - wait.s.from)).toBeCloseTo(1, 2);
  // The wait itself, and the time in which it was runnable.
  const until = (await d.field('Until it ran again')).replace(/\s+/g, ' ');
  const [, waited, stood, sum] =
    /waiting: chan receive ?([\d.]+ \S+) runnable ?([\d.]+ \S+) Until G\d+ ran ?([\d.]+ \S+)/.exec(until)!;
  expect(nanosIn(waited!) / (wait.s.to - wait.s.from)).toBeCloseTo(1, 2);
  expect(nanosIn(stood!) / (wait.run.from - wait.s.to)).toBeCloseTo(1, 2);
  expect(nanosIn(sum!) / (wait.run.from - wait.s.from)).toBeCloseTo(1, 2);
});

test('F34: keys follow the flow to the cause and to the effect', async () => {
  await select();
  await d.press('[');
  expect(await d.field('Title')).toContain(`G${wait.wake.g}`);
  const start = nanosOf(await d.field('Start'));
  expect(start).toBeLessThanOrEqual(wait.s.to);
  await d.press(']');
  expect(await d.field('Goroutine')).toMatch(/^G\d+/);
  // Along a goroutine: its next event, and where it runs next.
  await select();
  await d.press('>');
  expect(nanosOf(await d.field('Start'))).toBe(wait.s.to);
  await select();
  await d.press('l');
  expect(nanosOf(await d.field('Start'))).toBe(wait.run.from);
  await d.press('j');
  expect(nanosOf(await d.field('Start'))).toBeLessThan(wait.s.from);
  // The same across processors.
  await d.rowsBy('Processors');
  await d.goTo(`P${wait.run.p}@${wait.run.from}`);
  await d.press('j');
  expect(await d.field('Goroutine')).toContain(`G${wait.g} · P`);
  expect(nanosOf(await d.field('Start'))).toBeLessThan(wait.s.from);
});

test('F79: a tooltip tells state, reason and length, and can be switched off', async () => {
  await select();
  await d.press('f');
  const { x, width, y } = await d.chart(`G${wait.g}`);
  await d.page.mouse.move(x + width / 2, y);
  await d.idle();
  const tip = d.page.getByRole('tooltip');
  await expect(tip).toContainText('chan receive');
  expect(plain(await tip.innerText())).toContain(
    `${(wait.s.to - wait.s.from).toLocaleString('en-US').replaceAll(',', ' ')} ns`,
  );
  await d.press('i');
  await d.page.mouse.move(x + width / 2 + 30, y + 60);
  await d.page.mouse.move(x + width / 2, y);
  await d.idle();
  await expect(tip.filter({ hasText: 'chan receive' })).toHaveCount(0);
  await d.press('i');
});

test('F80: the selection and its stack are copied as text', async () => {
  await select();
  await d.press('Control+c');
  const text = plain(await d.copied());
  expect(text).toContain(`Wall Duration: `);
  expect(text).toMatch(/Start Stack Trace:\n\S+\n\t\S+\.go:\d+/);
  expect(text).toContain(`woken by G${wait.wake.g}`);
  await d.region('Details').getByRole('button', { name: 'Copy the stacks' }).click();
  expect(await d.copied()).toMatch(/^\S+\n\t\S+\.go:\d+\n/);
});

test('F82: an area adds up time by state, goroutine, function and reason', async () => {
  await d.rowsBy('Processors');
  const [from, to] = [wait.s.from - 20_000, wait.s.to + 20_000];
  await d.goTo(`${from / 1e3}..${to / 1e3} µs`);
  const { x, width } = await d.chart('P 0');
  const y0 = (await d.chart('P 0')).y;
  const y1 = (await d.chart('P 1')).y;
  await d.page.keyboard.down('Shift');
  await d.page.mouse.move(x + width * 0.2, y0);
  await d.page.mouse.down();
  await d.page.mouse.move(x + width * 0.8, y1, { steps: 5 });
  await d.page.mouse.up();
  await d.page.keyboard.up('Shift');
  await d.idle();
  const [a, length] = [nanosOf(await d.field('Start')), nanosOf(await d.field('Wall Duration'))];
  const b = a + length;
  const inside = (s: Stretch): number => Math.max(0, Math.min(s.to, b) - Math.max(s.from, a));
  // A short system call keeps its processor.
  const byG = [...lives].map(([g, l]) => ({
    g,
    nanos: l.filter((s) => s.p === 0 || s.p === 1).reduce((n, s) => n + inside(s), 0),
  }));
  const most = byG.reduce((p, q) => (q.nanos > p.nanos ? q : p));
  const details = d.region('Details');
  await expect(details.getByRole('heading', { name: 'By goroutine' })).toBeVisible();
  const first = details.locator('section').nth(2).getByRole('listitem').first();
  await expect(first).toContainText(`G${most.g}`);
  expect(Number(plain((await first.getAttribute('title')) ?? '').replace(/\D/g, ''))).toBe(most.nanos);
  const total = byG.reduce((n, q) => n + q.nanos, 0);
  const running = details.locator('section').nth(1).getByRole('listitem').first();
  expect(Number(plain((await running.getAttribute('title')) ?? '').replace(/\D/g, ''))).toBe(total);
});

test('F82: an area of goroutines adds up each state, reason and function', async () => {
  const ids = [8, 9, 10, 11, 12];
  const field = d.page.getByRole('combobox', { name: 'Filter rows' });
  await field.fill(`g:${ids[0]}..${ids.at(-1)}`);
  await field.press('Enter');
  await d.idle();
  await d.page.getByRole('application', { name: 'Timeline' }).focus();
  await d.press('Control+a');
  expect(await d.field('Rows')).toBe(`G${ids[0]} – G${ids.at(-1)}, ${ids.length} rows`);
  const mine = ids.flatMap((g) => [...(lives.get(g) ?? [])]);
  const sums = (of: (s: Stretch) => string | null): Record<string, number> => {
    const out: Record<string, number> = {};
    for (const s of mine) {
      const name = of(s);
      if (name !== null && s.to > s.from) out[name] = (out[name] ?? 0) + s.to - s.from;
    }
    return out;
  };
  /** Name → ns of a list of the panel. */
  const listOf = async (name: string): Promise<Record<string, number>> => {
    const items = d
      .region('Details')
      .getByRole('heading', { name, exact: true })
      .locator('xpath=following-sibling::ul[1]');
    const all = await items
      .getByRole('listitem')
      .evaluateAll((els) =>
        els.map((el) => [el.querySelector('.cut')?.textContent?.trim() ?? '', el.getAttribute('title') ?? ''] as const),
      );
    return Object.fromEntries(all.map(([text, title]) => [text, Number(title.replace(/\D/g, ''))]));
  };
  expect(await listOf('By state')).toEqual(sums((s) => s.state.toLowerCase()));
  expect(await listOf('By reason of waiting')).toEqual(sums((s) => (s.state === 'Waiting' ? s.reason : null)));
  expect(await listOf('By function')).toEqual(sums(() => 'main.fillWorkers.func1'));
  await d.page.getByRole('button', { name: 'Clear: Filter rows' }).click();
  await d.idle();
});

test('F83: the stack of a goroutine that waits until the trace ends is shown', async () => {
  const [g, s] = [...lives]
    .map(([id, l]) => [id, l.at(-1)!] as const)
    .find(([, last]) => last.state === 'Waiting' && last.from > 0)!;
  await d.goTo(`G${g}@${s.from}`);
  expect(await d.field('State')).toContain('until the trace ends');
  expect(await d.field('Start Stack Trace')).toMatch(/\.go:\d+/);
  expect(await d.field('End Stack Trace')).toContain('The trace ends before it does.');
});

test('F84: the frames of the runtime are hidden and shown again', async () => {
  await select();
  expect(await d.field('Start Stack Trace')).toContain('runtime.chanrecv');
  await d.region('Details').getByLabel('Hide runtime').check();
  expect(await d.field('Start Stack Trace')).not.toContain('runtime.chanrecv');
  expect(await d.field('Start Stack Trace')).toContain('main.');
  await d.region('Details').getByLabel('Hide runtime').uncheck();
});

test('F81: a line of the source opens in the editor, or is copied where none is set', async () => {
  await select();
  const place = d
    .region('Details')
    .getByRole('button', { name: /^(Open|Copy) \S+\.go:\d+$/ })
    .first();
  await expect(place).toBeVisible();
  if (((await place.getAttribute('aria-label')) ?? '').startsWith('Copy')) {
    await place.click();
    expect(await d.copied()).toMatch(/\.go:\d+$/);
  }
});

test('F146: find goes through spans and events with n and N, and marks them in the overview', async () => {
  await d.rowsBy('Processors');
  const warn = await d.page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = 'var(--warn)';
    const [r, g, b] = getComputedStyle(probe).color.match(/\d+/g)!;
    probe.remove();
    return `${r},${g},${b}`;
  });
  const overview = d.region('Overview').locator('canvas').first();
  const widthPx = await overview.evaluate((el) => (el as unknown as HTMLCanvasElement).width);
  const marked = async (): Promise<number> =>
    (await coloursOf(overview, { x: 0, y: -6, width: widthPx, height: 4 }))[warn] ?? 0;
  const before = await marked();
  // Waits are looked for on rows of goroutines, which come of themselves.
  const longest = [...lives.values()]
    .flat()
    .filter((s) => s.state === 'Waiting' && s.reason === 'chan receive')
    .map((s) => s.to - s.from)
    .sort((a, b) => b - a);
  const least = longest[Math.min(longest.length - 1, 6)]!;
  const want = [...lives]
    .flatMap(([g, list]) => list.map((s) => ({ g, s })))
    .filter(({ s }) => s.state === 'Waiting' && s.reason === 'chan receive' && s.to - s.from >= least)
    .sort((a, b) => a.s.from - b.s.from);
  const field = d.page.getByRole('combobox', { name: 'Find spans and events' });
  const says = d.page.getByRole('search').getByRole('status').last();
  const isAt = async (n: number): Promise<void> => {
    await d.idle();
    await expect(says).toHaveText(`${n + 1} of ${want.length}`);
    expect(nanosOf(await d.field('Start'))).toBe(want[n]!.s.from);
    expect(nanosOf(await d.field('Wall Duration'))).toBe(want[n]!.s.to - want[n]!.s.from);
    expect(await d.field('Title')).toContain(`G${want[n]!.g}`);
  };
  await d.press('/');
  await expect(field).toBeFocused();
  await field.fill(`state:waiting reason="chan receive" dur>=${least}`);
  await d.press('Enter');
  await isAt(0);
  await expect(
    d.page.getByRole('radiogroup', { name: 'Rows by' }).getByRole('radio', { name: 'Goroutines' }),
  ).toBeChecked();
  expect(await marked()).toBeGreaterThan(before);
  await d.page.getByRole('application', { name: 'Timeline' }).focus();
  await d.press('n');
  await isAt(1);
  await d.press('Shift+N');
  await isAt(0);
  // Before the first comes the last.
  await d.press('Shift+N');
  await isAt(want.length - 1);
  // What only events have is found among events.
  await d.rowsBy('Processors');
  await d.press('/');
  await field.fill('kind:Metric');
  await d.press('Enter');
  await expect(says).toHaveText(`1 of ${events.filter((e) => e.k === 'Metric').length}`);
  // Runs are found on processors.
  await field.fill(`goroutine:${wait.g} state:running`);
  await d.press('Enter');
  const runs = lives.get(wait.g)!.filter((s) => s.state === 'Running');
  await expect(says).toHaveText(`1 of ${runs.length}`);
  expect(nanosOf(await d.field('Start'))).toBe(runs[0]!.from);
  await expect(
    d.page.getByRole('radiogroup', { name: 'Rows by' }).getByRole('radio', { name: 'Processors' }),
  ).toBeChecked();
  await field.fill('moon:3');
  await d.press('Enter');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await d.press('Escape');
  expect(await marked()).toBe(before);
});

test('F39: a link that was copied leads back, pasted or typed', async () => {
  await select();
  await d.press('f');
  const at = await d.visible();
  await d.press('Shift+C');
  const link = await d.copied();
  expect(link).toMatch(
    /^tracewell:\/\/open\?file=.*&page=view-trace&from=\d+&to=\d+&rows=goroutines&select=G\d+%40\d+$/,
  );
  for (const way of ['paste', 'Go to'] as const) {
    await d.reset();
    if (way === 'paste') await d.press('Control+V');
    else await d.goTo(link);
    await d.idle();
    expect(await d.visible()).toEqual(at);
    expect(nanosOf(await d.field('Start'))).toBe(wait.s.from);
  }
});

test('F75: the events of a span are a link away', async () => {
  await select();
  await d.region('Details').getByRole('link', { name: 'all in this time' }).click();
  await d.idle();
  await expect(d.page.getByRole('heading', { name: 'Events', level: 1 })).toBeVisible();
  const mine = events.filter(
    (e) => e.t >= wait.s.from && e.t <= wait.s.to && (e.g === wait.g || (e.res === 'Goroutine' && e.id === wait.g)),
  );
  await expect(d.page.locator('.page-head, .head').first()).toContainText(`${mine.length} of `);
  await d.press('Alt+ArrowLeft');
  await expect(d.page.getByRole('heading', { name: 'View trace', level: 1 })).toBeVisible();
});

test('F148: all of the same function, and of the same goroutine, are highlighted', async () => {
  await d.rowsBy('Processors');
  await d.goTo(`P${wait.run.p}@${wait.run.from}`);
  const running = '24,162,118';
  const before = (await d.colours())[running] ?? 0;
  await d.press('h');
  const some = (await d.colours())[running] ?? 0;
  await d.press('h', 'h');
  const after = (await d.colours())[running] ?? 0;
  expect(some).toBeLessThan(before);
  expect(after).toBe(before);
});

test('the selection is told to screen readers, with its cause', async () => {
  await select();
  expect(await d.told()).toMatch(
    new RegExp(`^G${wait.g} .*waiting: chan receive.*Woken from chan receive by G${wait.wake.g} `),
  );
});
