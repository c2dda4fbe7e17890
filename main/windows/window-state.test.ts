import { expect, test } from 'vitest';
import { boundsOnScreen } from './window-state';

const state = (x: number, y: number) => ({ x, y, width: 1000, height: 700, maximized: false, fullScreen: false });
const screens = [
  { x: 0, y: 0, width: 1920, height: 1080 },
  { x: 1920, y: 0, width: 1280, height: 1024 },
];

test('F194: a window comes back where it stood, if that is on a screen that is still there', () => {
  expect(boundsOnScreen(state(100, 50), screens)).toEqual({ x: 100, y: 50, width: 1000, height: 700 });
  expect(boundsOnScreen(state(2000, 0), screens)).not.toBeNull();
  expect(boundsOnScreen(state(2000, 0), screens.slice(0, 1))).toBeNull();
  expect(boundsOnScreen(state(-990, 50), screens)).toBeNull();
  // A title bar above the screen could not be taken hold of.
  expect(boundsOnScreen(state(100, -300), screens)).toBeNull();
  expect(boundsOnScreen(null, screens)).toBeNull();
});
