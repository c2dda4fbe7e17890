import { expect, test, vi } from 'vitest';
import { busyReasons } from '../base/idle';
import type { Desk } from './desk';
import { tellExport } from './picture-file';

const deskThatSays = (say: (sentence: string) => void): Desk => ({
  copyText: () => Promise.resolve(),
  openSink: () => Promise.resolve(null),
  say,
});

test('the page is busy until a picture is written, and says why where it was not', async () => {
  const say = vi.fn();
  let written = (): void => undefined;
  const first = tellExport(deskThatSays(say), () => new Promise<void>((ok) => (written = ok)));
  expect(busyReasons()).toContain('export');
  written();
  await first;
  expect(say).not.toHaveBeenCalled();
  await tellExport(deskThatSays(say), () => Promise.reject(new Error('the disk is full')));
  expect(say).toHaveBeenCalledExactlyOnceWith('The picture was not written: the disk is full');
  expect(busyReasons()).not.toContain('export');
});
