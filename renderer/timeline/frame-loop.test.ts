import { expect, it } from 'vitest';
import { busyReasons, idle } from '../base/idle';
import { FrameLoop } from './frame-loop';

it('draws once for many requests, again while it is asked to, and is busy until then', async () => {
  let frames = 0;
  const loop = new FrameLoop(() => ++frames < 3);
  loop.request();
  loop.request();
  expect(busyReasons()).toEqual(['redraw']);
  await idle();
  expect(frames).toBe(3);
  loop.stop();
  loop.request();
  expect(busyReasons()).toEqual([]);
});
