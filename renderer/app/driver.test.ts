// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { nextTick } from 'vue';
import { beforeEach, expect, test, vi } from 'vitest';
import type { OpenedTrace, ShotRequest } from '../../contract/shell-api';
import { busyReasons } from '../base/idle';
import { driveShot } from './driver';
import { useTabs } from './tabs-store';

const trace = (traceId: number, path: string): OpenedTrace => ({
  traceId,
  path,
  section: 1,
  binary: null,
  fileName: path.slice(1),
  directory: '/',
  sizeBytes: 1,
  error: null,
  starting: false,
  replaced: false,
  asleep: false,
});
const shotOf = (page: string): ShotRequest => ({ page, fromNanos: null, toNanos: null, select: null, view: null });

beforeEach(() => {
  setActivePinia(createPinia());
  vi.stubGlobal('shell', { markTiming: vi.fn() });
});

// Main's news of a trace may be quicker than its answer, which tells the page that a picture is wanted.
test.each(['before', 'after'])('a picture of a page: the trace was opened %s it was asked for', async (when) => {
  const tabs = useTabs();
  if (when === 'before') tabs.opened(trace(1, '/a.trace'));
  driveShot(shotOf('mmu'), 1);
  if (when === 'after') {
    expect(busyReasons()).toContain('shot');
    tabs.opened(trace(1, '/a.trace'));
  }
  await nextTick();
  expect(busyReasons()).not.toContain('shot');
  expect(tabs.activeRef).toMatchObject({ page: 'mmu' });
});

test.each(['before', 'after'])(
  'a picture of two traces is of the first: the last was opened %s it was asked for',
  async (when) => {
    const tabs = useTabs();
    tabs.opened(trace(1, '/a.trace'));
    if (when === 'before') tabs.opened(trace(2, '/b.trace'));
    driveShot(shotOf(`compare/${encodeURIComponent('/a.trace\n/b.trace')}`), 2);
    if (when === 'after') {
      await nextTick();
      expect(busyReasons()).toContain('shot');
      tabs.opened(trace(2, '/b.trace'));
    }
    await nextTick();
    expect(busyReasons()).not.toContain('shot');
    expect(tabs.active?.trace.traceId).toBe(1);
  },
);

test('a picture of the start page waits for no trace where none comes', () => {
  driveShot(shotOf('start'), 0);
  expect(busyReasons()).not.toContain('shot');
});
