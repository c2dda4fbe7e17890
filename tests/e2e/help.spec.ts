// What the app says of itself: first steps, the tour, the guide, the glossary, help of a page, About, a report.
import { expect, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expectNoViolations } from './axe';
import { launchApp, root, traces, waitForIdle, type Launched } from './launch';
import { exported } from './pages';

let launched: Launched;
test.beforeAll(async () => {
  launched = await launchApp();
});
test.afterAll(() => launched.close());

const click = (label: string): Promise<void> =>
  launched.app.evaluate(
    ({ Menu }, wanted) =>
      Menu.getApplicationMenu()
        ?.items.find((i) => i.label === '&Help')
        ?.submenu?.items.find((i) => i.label === wanted)
        ?.click(),
    label,
  );

test('F180: the guided tour opens six traces of its own, one after the other, beside what it tells', async () => {
  const { page, errors } = launched;
  const first = page.getByRole('region', { name: 'First steps' });
  await first.getByRole('button', { name: 'Take the tour' }).click();
  const tour = page.getByRole('complementary', { name: 'Guided tour' });
  const titles: string[] = [];
  for (let i = 1; i <= 6; i++) {
    await expect(tour).toContainText(`Guided tour, ${i} of 6`);
    await expect(page.getByRole('tab', { name: /fractal/ })).toHaveCount(i);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('View trace');
    await waitForIdle(page);
    await expect(tour.getByRole('heading', { level: 2 })).toBeFocused();
    titles.push(await tour.getByRole('heading', { level: 2 }).innerText());
    if (i === 1) await expectNoViolations(page, 'tour');
    if (i < 6) await tour.getByRole('button', { name: 'Next' }).click();
  }
  expect(titles.map((t) => t.split(':')[0])).toEqual(['seq', 'pixel', 'col', 'workers', 'workersbuf', 'colworkersbuf']);
  // The story's own figure is in the text, and in the trace: eight processors.
  await expect(tour).toContainText('7.8 of 8');
  await tour.getByRole('button', { name: 'Back' }).click();
  await expect(page.getByRole('tab', { name: /fractal-workersbuf/ })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Escape');
  await expect(tour).toBeHidden();
  // Traces of the tour are not the user's: none is remembered.
  await page.getByRole('tab', { name: 'Start' }).click();
  await expect(page.getByText('No trace was opened yet.')).toBeVisible();
  expect(errors).toEqual([]);
});

test('first steps go for good when they are sent away', async () => {
  const { page } = launched;
  const first = page.getByRole('region', { name: 'First steps' });
  await expectNoViolations(page, 'start');
  await first.getByRole('button', { name: 'Do not show again' }).click();
  await expect(first).toBeHidden();
  await page.keyboard.press('Control+,');
  const hints = page.getByRole('checkbox', { name: 'First steps on the start page' });
  await expect(hints).not.toBeChecked();
  await page.keyboard.press('Control+w');
});

test('F178: every page has its help at its head and by key; F179: the glossary is one step from it', async () => {
  const { page } = launched;
  await launched.app.evaluate(
    ({ app }, file) => app.emit('open-file', { preventDefault: () => undefined }, file),
    path.join(traces, 'go1.26-gcheavy.trace'),
  );
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('go1.26-gcheavy.trace');
  await waitForIdle(page);
  const nav = page.getByRole('navigation', { name: 'Pages' });
  const names = await nav.getByRole('button').evaluateAll((all) => all.map((b) => b.getAttribute('aria-label') ?? ''));
  for (const name of names.filter((n) => n !== 'Keyboard shortcuts')) {
    await nav.getByRole('button', { name, exact: true }).click();
    await page.keyboard.press('Shift+F1');
    const help = page.getByRole('dialog', { name: `Help: ${name}` });
    await expect(help).toContainText(/How to (read|use) it/);
    await page.keyboard.press('Escape');
    await expect(help).toBeHidden();
  }
  const button = page.getByRole('button', { name: 'Help for this page' });
  await button.click();
  await expectNoViolations(page, 'help of a page');
  await page.getByRole('button', { name: 'Glossary' }).click();
  const glossary = page.getByRole('dialog', { name: 'Glossary' });
  for (const word of [
    'G, goroutine',
    'P, processor',
    'M, thread',
    'runnable',
    'assist',
    'stop-the-world (STW)',
    'sweep',
  ])
    await expect(glossary.getByRole('term').filter({ hasText: word }).first()).toBeVisible();
  await expectNoViolations(page, 'glossary');
  await glossary.getByLabel('Filter the glossary').fill('mark');
  await expect(glossary.getByRole('term', { name: 'sweep', exact: true })).toHaveCount(0);
  await glossary.getByRole('button', { name: 'Close' }).click();
  await click('User guide');
  const guide = page.getByRole('dialog', { name: 'User guide' });
  await expect(guide.getByRole('article', { name: 'Reading a trace' })).toBeVisible();
  await guide.getByRole('navigation').getByRole('button', { name: 'Questions and answers' }).click();
  await expect(guide).toContainText('Does my trace leave this computer?');
  await expectNoViolations(page, 'guide');
  await page.keyboard.press('Escape');
  await expect(guide).toBeHidden();
});

test('F6.5: About has the versions and the licences of all that is inside', async () => {
  const { page } = launched;
  await click('About Tracewell');
  const about = page.getByRole('dialog', { name: 'About Tracewell' });
  await expect(about).toContainText('Go 1.5 to 1.27');
  await waitForIdle(page);
  const libraries = about.getByRole('list', { name: 'Libraries' });
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string }>;
  };
  for (const name of ['vue', 'echarts', '@hpcc-js/wasm-graphviz', 'electron-updater'])
    await expect(libraries).toContainText(`${name} ${lock.packages[`node_modules/${name}`]?.version}`);
  const crates = readFileSync(path.join(root, 'native-parse/Cargo.lock'), 'utf8');
  await expect(libraries).toContainText(`memmap2 ${/name = "memmap2"\nversion = "([^"]+)"/.exec(crates)?.[1]}`);
  await libraries.getByText(/^vue \d/).click();
  await expect(libraries).toContainText('Permission is hereby granted');
  await about.getByLabel('Filter licences').fill('memmap2');
  await expect(libraries.getByRole('listitem')).toHaveCount(1);
  await expectNoViolations(page, 'about');
  await about.getByRole('button', { name: 'Close' }).click();
});

test('E6.3: a report is shown in full, can be changed, and is a file only when it is saved', async () => {
  const { page } = launched;
  await click('Report a problem…');
  const report = page.getByRole('dialog', { name: 'Report a problem' });
  const text = report.getByRole('textbox', { name: 'Text of the report' });
  await expect(text).toHaveValue(/Tracewell \d/);
  const all = await text.inputValue();
  for (const part of ['Electron', 'Chromium', '--- settings', '--- log', 'started: Tracewell'])
    expect(all).toContain(part);
  expect(all).not.toContain('gcheavy');
  expect(all).not.toContain(launched.dataDir);
  await expectNoViolations(page, 'report');
  await text.fill(`It went wrong.\n${all}`);
  const saved = await exported(launched, report.getByRole('button', { name: 'Save…' }));
  expect(saved.toString()).toBe(`It went wrong.\n${all}`);
  await expect(report).toBeHidden();
});

test('F6.4: updates are off where there is no feed, and nothing is asked', async () => {
  const { page } = launched;
  await click('Check for updates…');
  const updates = page.getByRole('dialog', { name: 'Updates' });
  await expect(updates.getByRole('status')).toHaveText(/clone of the source/);
  await expect(updates.getByRole('button', { name: 'Check now' })).toHaveCount(0);
  await updates.getByRole('button', { name: 'Close' }).click();
});
