// The Events page: all events, a query, one event, and the way to View trace.
import { expect, test } from '@playwright/test';
import path from 'node:path';
import { expectNoViolations } from './axe';
import { launchApp, traces, waitForIdle } from './launch';
import { csvOf } from './pages';

const trace = path.join(traces, 'go1.26-tasks.trace');

test('F147: a query of the search language finds events, and says where it is wrong', async () => {
  const { page, errors, close } = await launchApp({ files: [trace] });
  await page.getByRole('link', { name: 'Events', exact: true }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: 'Events' })).toBeVisible();
  // From the golden of this trace: 2,369 events, 121 logs.
  await expect(page.getByText('2,369 events', { exact: true })).toBeVisible();
  const table = page.getByRole('table', { name: 'Events' });
  await expect(table).toHaveAttribute('aria-rowcount', '2370');

  const field = page.getByRole('combobox', { name: 'Find events' });
  await field.fill('kind:Log');
  await expect(page.getByText('121 of 2,369 events')).toBeVisible();
  await expect(table.getByRole('row').nth(1)).toContainText('[phase] the task of this log started before the trace');

  await field.fill('kind:Log foo:2');
  const problem = page.getByRole('status').filter({ hasText: 'Unknown field "foo"' });
  await expect(problem).toContainText('Expected g, p, m');
  await expect(problem.locator('mark')).toHaveText('foo');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  // The query before is still in force.
  await expect(page.getByText('121 of 2,369 events')).toBeVisible();

  await field.fill('');
  await field.pressSequentially('reg');
  await page.getByRole('option', { name: /^region:/ }).waitFor();
  await field.press('ArrowDown');
  await field.press('Enter');
  await expect(field).toHaveValue('region:');
  await field.pressSequentially('box1');
  await expect(page.getByText('80 of 2,369 events')).toBeVisible();
  await waitForIdle(page);
  await expectNoViolations(page, 'events');
  expect(errors).toEqual([]);
  await close();
});

test('F147: F164: what is found is exported; an event is told in full, and leads to View trace', async () => {
  const app = await launchApp({ files: [trace] });
  const { page, errors, close } = app;
  await page.getByRole('link', { name: 'Events', exact: true }).first().click();
  const field = page.getByRole('combobox', { name: 'Find events' });
  await field.fill('region:validate.card kind=RegionBegin');
  await expect(page.getByText('40 of 2,369 events')).toBeVisible();
  // What is exported is what is found.
  const rows = await csvOf(app, page);
  expect(rows).toHaveLength(40);
  expect(rows.every((r) => Object.values(r).includes('RegionBegin'))).toBe(true);
  await page.getByRole('table', { name: 'Events' }).getByRole('row').nth(1).click();
  const pane = page.getByRole('region', { name: 'Event' });
  await expect(pane.getByRole('definition').filter({ hasText: 'RegionBegin' })).toBeVisible();
  await expect(pane.getByRole('definition').filter({ hasText: 'validate.card' })).toBeVisible();
  await expect(pane).toContainText('Stack');
  await waitForIdle(page);
  await expectNoViolations(page, 'events');
  await pane.getByRole('button', { name: 'Show in View trace' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'View trace' })).toBeVisible();
  await waitForIdle(page);
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('main.order');
  expect(errors).toEqual([]);
  await close();
});
