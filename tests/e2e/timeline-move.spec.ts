// Moving in View trace, by keys and mouse: rows 23 to 44 of the feature matrix (docs/features.md).
import { expect, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { closeTimeline, fixture, nanosOf, openTimeline, plain, type TimelineDriver } from './timeline-driver';

const DURATION = 135_537_857;
let d: TimelineDriver;

test.beforeAll(async () => {
  d = await openTimeline(fixture('go1.26-gcheavy'));
});
test.afterAll(() => closeTimeline(d));
test.beforeEach(() => d.reset());

const length = async (): Promise<number> => {
  const v = await d.visible();
  return v.to - v.from;
};

test('F23: W and S zoom, A and D pan, with Shift faster', async () => {
  await d.press('w');
  const once = await length();
  expect(once / DURATION).toBeCloseTo(0.6, 1);
  await d.press('s');
  expect(await d.sub()).toBe('whole trace, 135.5 ms');
  await d.press('Shift+W');
  expect((await length()) / DURATION).toBeCloseTo(0.216, 2);
  const before = await d.visible();
  await d.press('d');
  const panned = await d.visible();
  expect((panned.from - before.from) / (before.to - before.from)).toBeCloseTo(0.2, 1);
  await d.press('a');
  expect((await d.visible()).from).toBeCloseTo(before.from, -5);
  await d.press('Shift+D');
  expect(((await d.visible()).from - before.from) / (before.to - before.from)).toBeCloseTo(0.6, 1);
});

test('F24: Ctrl and the wheel zoom at the pointer, the wheel alone scrolls rows', async () => {
  const { x, width, y } = await d.chart('P 3');
  await d.page.mouse.move(x + width * 0.75, y);
  await d.page.keyboard.down('Control');
  for (let i = 0; i < 4; i++) await d.page.mouse.wheel(0, -120);
  await d.page.keyboard.up('Control');
  await d.idle();
  const v = await d.visible();
  // What was under the pointer is under it still.
  expect((0.75 * DURATION - v.from) / (v.to - v.from)).toBeCloseTo(0.75, 1);
  expect(v.to - v.from).toBeLessThan(DURATION / 2);
  // The head of the list stays; its rows scroll.
  const top = async (): Promise<number> => (await d.chart('P 0')).y;
  const resize = async (height: number): Promise<void> => {
    await d.launched.app.evaluate(
      ({ BrowserWindow }, h) => BrowserWindow.getAllWindows()[0]!.setContentSize(1440, h),
      height,
    );
    await d.page.waitForFunction((h) => window.innerHeight === h, height);
    await d.idle();
  };
  await resize(560);
  const before = await top();
  await d.page.mouse.move(x + 300, before - 40);
  await d.page.mouse.wheel(0, 12);
  await d.idle();
  expect(await top()).toBeLessThan(before);
  expect(await length()).toBeCloseTo(v.to - v.from, -6);
  await d.page.mouse.wheel(0, -600);
  await resize(900);
});

test('F25: Shift and the wheel scroll sideways', async () => {
  await d.press('w', 'w');
  const { x, width, y } = await d.chart('P 3');
  const before = await d.visible();
  await d.page.mouse.move(x + width / 2, y);
  await d.page.keyboard.down('Shift');
  await d.page.mouse.wheel(0, 100);
  await d.page.keyboard.up('Shift');
  await d.idle();
  const after = await d.visible();
  expect((after.from - before.from) / (before.to - before.from)).toBeCloseTo(100 / width, 2);
});

test('F26: a drag pans', async () => {
  await d.press('w', 'w');
  const { x, width, y } = await d.chart('P 3');
  const before = await d.visible();
  await d.page.mouse.move(x + width / 2, y);
  await d.page.mouse.down();
  await d.page.mouse.move(x + width / 4, y, { steps: 5 });
  await d.page.mouse.up();
  await d.idle();
  expect(((await d.visible()).from - before.from) / (before.to - before.from)).toBeCloseTo(0.25, 2);
});

test('F27: a drag measures: the range is a mark that tells its length', async () => {
  await d.press('3');
  const { x, width, y } = await d.chart('P 1');
  await d.page.mouse.move(x + width * 0.2, y);
  await d.page.mouse.down();
  await d.page.mouse.move(x + width * 0.5, y, { steps: 5 });
  await d.page.mouse.up();
  await d.press('b');
  const list = d.page.getByRole('list', { name: 'Marks' });
  expect(plain(await list.innerText())).toMatch(/^27\.1\d ms · 40\.6\d ms long/);
  await list.getByRole('button', { name: 'Remove' }).click();
  await d.page.keyboard.press('Escape');
});

test('F28: f fits the selection, again closer; 0 and z show the whole trace', async () => {
  await d.goTo('P3@96642560');
  await d.press('f');
  const span = { from: 96_642_560, to: 112_595_904 };
  const roomy = await d.visible();
  expect(roomy.from).toBeLessThan(span.from);
  expect(roomy.to).toBeGreaterThan(span.to);
  await d.press('f');
  const close = await d.visible();
  expect(close.from).toBeCloseTo(span.from, -5);
  expect(close.to).toBeCloseTo(span.to, -5);
  await d.press('0');
  expect(await d.sub()).toBe('whole trace, 135.5 ms');
  await d.press('f', 'z');
  expect(await d.sub()).toBe('whole trace, 135.5 ms');
});

test('F29: Ctrl+Z undoes moves one by one, Ctrl+Y redoes them', async () => {
  await d.press('w');
  const first = await d.visible();
  await d.press('d');
  const second = await d.visible();
  await d.press('Control+z');
  expect(await d.visible()).toEqual(first);
  await d.press('Control+z');
  expect(await d.sub()).toBe('whole trace, 135.5 ms');
  await d.press('Control+y', 'Control+Shift+Z');
  expect(await d.visible()).toEqual(second);
});

test('F30: the overview shows the whole trace, its handle moves the window', async () => {
  await d.press('w', 'w', 'w');
  const overview = (await d.region('Overview').getByRole('img').boundingBox())!;
  const before = await d.visible();
  await d.page.mouse.click(overview.x + overview.width * 0.2, overview.y + 20);
  await d.idle();
  const after = await d.visible();
  expect(after.to - after.from).toBeCloseTo(before.to - before.from, -6);
  expect((after.from + after.to) / 2).toBeCloseTo(0.2 * DURATION, -6);
  await expect(d.region('Overview').getByRole('img')).toHaveAccessibleName(/^Overview of the whole trace\. Visible: /);
});

test('F31: Go to takes a time, a range and the time of day, and says what it cannot read', async () => {
  await d.goTo('93..135 ms');
  expect(await d.sub()).toBe('93.00 – 135.00 ms of 135.5 ms');
  await d.goTo('100 ms');
  const v = await d.visible();
  expect((v.from + v.to) / 2).toBeCloseTo(100e6, -6);
  expect(nanosOf(await d.field('Start'))).toBe(100e6);
  // The trace began at 10:10:56.801… less its first 36.5 µs.
  await d.goTo('10:10:56.9');
  expect(nanosOf(await d.field('Start'))).toBeGreaterThan(90e6);
  await d.press('g');
  await d.page.getByLabel('A time, a range, a row or a span').fill('soon');
  await d.page.keyboard.press('Enter');
  await expect(d.page.getByRole('alert')).toContainText('“soon” is no time');
  await d.page.keyboard.press('Escape');
});

test('F33: arrow keys, comma and full stop go to the spans beside', async () => {
  await d.goTo('P3@96642560');
  const start = nanosOf(await d.field('Start'));
  await d.press('ArrowRight');
  const next = nanosOf(await d.field('Start'));
  expect(next).toBeGreaterThan(start);
  await d.press(',');
  expect(nanosOf(await d.field('Start'))).toBe(start);
  await d.press('.');
  expect(nanosOf(await d.field('Start'))).toBe(next);
});

test('F40: marks and notes with a text, in a list that leads to them and can be copied', async () => {
  await d.goTo('P3@96642560');
  await d.press('m');
  await d.press('Shift+M');
  await d.page.getByLabel('Text of the note').fill('here the world stops');
  await d.page.keyboard.press('Enter');
  await d.goTo('20 ms');
  await d.press('m', 'b');
  const list = d.page.getByRole('list', { name: 'Marks' });
  await expect(list.getByRole('listitem')).toHaveCount(2);
  expect(plain(await list.innerText())).toContain('here the world stops');
  expect(plain(await d.page.getByText(/Between the last two/).innerText())).toContain('76 642 560 ns');
  await d.page.getByRole('button', { name: 'Copy all' }).click();
  expect(JSON.parse(await d.copied())).toEqual([
    { fromNanos: 20e6, toNanos: 20e6, text: null },
    { fromNanos: 96_642_560, toNanos: 112_595_904, text: 'here the world stops' },
  ]);
  await list.getByRole('button', { name: /long$/ }).click();
  await d.idle();
  const v = await d.visible();
  expect(v.from).toBeLessThan(96_642_560);
  expect(v.to).toBeGreaterThan(112_595_904);
  for (let i = 0; i < 2; i++) await list.getByRole('button', { name: 'Remove' }).first().click();
  await d.page.keyboard.press('Escape');
  // Unmarking by key.
  await d.page.getByRole('application', { name: 'Timeline' }).focus();
  await d.press('Escape');
});

test('F41: one nanosecond a pixel, and the spans do not move', async () => {
  await d.goTo('P3@96642560');
  await d.press('f');
  for (let i = 0; i < 30; i++) await d.press('w');
  const { width } = await d.chart('P 3');
  expect(Math.abs((await length()) - width)).toBeLessThan(2);
  expect(nanosOf(await d.field('Start'))).toBe(96_642_560);
});

test('F42: the time under the pointer stands on all panes', async () => {
  const { x, width, y } = await d.chart('P 3');
  await d.page.mouse.move(x + width / 2, y);
  await d.idle();
  expect(plain(await d.region('Statistics').innerText())).toMatch(/at 67\.7\d* ms/);
  expect(plain(await d.page.getByRole('contentinfo', { name: 'Status' }).innerText())).toMatch(/Cursor\s67\.7\d ms/);
});

test('F43: an area is drawn, sized and moved by keys alone', async () => {
  await d.goTo('P3@96642560');
  await d.press('r');
  expect(await d.field('Rows')).toBe('P 0 – P 4, 5 rows');
  const first = nanosOf(await d.field('Wall Duration'));
  expect(first).toBe(112_595_904 - 96_642_560);
  await d.press('Shift+ArrowRight');
  expect(nanosOf(await d.field('Wall Duration'))).toBeGreaterThan(first);
  await d.press('Shift+ArrowLeft');
  expect(nanosOf(await d.field('Wall Duration'))).toBe(first);
  await d.press('Shift+ArrowUp');
  expect(await d.field('Rows')).toBe('P 0 – P 3, 4 rows');
  await d.press('Control+a');
  expect(nanosOf(await d.field('Wall Duration'))).toBe(DURATION);
});

test('the keys of another tool can be chosen, and the dialog lists what is on', async () => {
  await d.page.getByRole('button', { name: 'More', exact: true }).click();
  await d.page.getByLabel('Keys as in').selectOption({ label: 'Perfetto' });
  await d.page.keyboard.press('Escape');
  await d.page.getByRole('application', { name: 'Timeline' }).focus();
  await d.goTo('P3@96642560');
  await d.press('Shift+T');
  await expect(d.region('Pinned rows')).toContainText('P 3');
  await d.press('Shift+T');
  await expect(d.region('Pinned rows')).toHaveCount(0);
  await d.page.getByRole('button', { name: 'More', exact: true }).click();
  await d.page.getByLabel('Keys as in').selectOption({ index: 0 });
  await d.page.keyboard.press('Escape');
});

test('the picture is saved as PNG and SVG, with the names of its rows', async () => {
  for (const kind of ['png', 'svg'] as const) {
    const target = `${d.launched.dataDir}/picture.${kind}`;
    await d.launched.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, target);
    await d.page.getByRole('button', { name: 'More', exact: true }).click();
    await d.page.getByRole('button', { name: `Save as ${kind.toUpperCase()}…` }).click();
    await expect(() => readFileSync(target)).toPass();
    const bytes = readFileSync(target);
    if (kind === 'png') {
      // What is drawn is in it: colours of states, as many pixels of them as a picture of the whole trace has.
      const green = await d.launched.app.evaluate(({ nativeImage }, file) => {
        const pixels = nativeImage.createFromPath(file).toBitmap();
        let n = 0;
        for (let i = 0; i < pixels.length; i += 4)
          if (pixels[i] === 118 && pixels[i + 1] === 162 && pixels[i + 2] === 24) n++;
        return n;
      }, target);
      expect(green).toBeGreaterThan(10_000);
    } else expect(bytes.toString()).toMatch(/^<svg [^]*>P 3<\/text>[^]*G25 main\.churn[^]*<\/svg>\s*$/);
  }
});
