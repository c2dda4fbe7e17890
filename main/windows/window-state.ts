// Where the window stands again after a restart: as it was, if that is still on a screen.
import type { BrowserWindow, Rectangle } from 'electron';
import type { WindowStateV1 } from '../settings/schema-v1';

/** So much of the window's upper edge must be on a screen, or it could not be taken hold of. */
const LEAST_VISIBLE_PX = 120;
const TITLE_PX = 40;

const overlap = (from: number, length: number, otherFrom: number, otherLength: number): number =>
  Math.min(from + length, otherFrom + otherLength) - Math.max(from, otherFrom);

/** The bounds that were kept; null when they are on no screen any more. Pure. */
export function boundsOnScreen(state: WindowStateV1 | null, screens: readonly Rectangle[]): Rectangle | null {
  if (!state) return null;
  const { x, y, width, height } = state;
  const isReachable = screens.some(
    (s) => overlap(x, width, s.x, s.width) >= LEAST_VISIBLE_PX && overlap(y, TITLE_PX, s.y, s.height) >= TITLE_PX / 2,
  );
  return isReachable ? { x, y, width, height } : null;
}

/** Tells where the window stands, each time that it has come to rest. Answers how to have it told at once. */
export function watchWindow(window: BrowserWindow, onChange: (state: WindowStateV1) => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  const tell = (): void => {
    timer = null;
    if (window.isDestroyed()) return;
    onChange({
      ...window.getNormalBounds(),
      maximized: window.isMaximized(),
      fullScreen: window.isFullScreen(),
    });
  };
  const soon = (): void => {
    timer ??= setTimeout(tell, 300);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('enter-full-screen', soon);
  window.on('leave-full-screen', soon);
  const now = (): void => {
    if (timer) clearTimeout(timer);
    tell();
  };
  window.on('close', now);
  return now;
}
