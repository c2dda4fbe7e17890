// The window of the app, and the one off screen that `tracewell shot` takes pictures of.
import { BrowserWindow, type BrowserWindowConstructorOptions, type Rectangle } from 'electron';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { APP_ORIGIN } from './app-protocol';

/** Window background before the first paint: --bg of each theme. */
const BACKGROUND = { light: '#eff1f4', dark: '#0d0f13' } as const;
export type Theme = keyof typeof BACKGROUND;

function makeWindow(theme: Theme, options: BrowserWindowConstructorOptions): BrowserWindow {
  const { webPreferences, ...rest } = options;
  return new BrowserWindow({
    show: false,
    title: 'Tracewell',
    backgroundColor: BACKGROUND[theme],
    ...rest,
    webPreferences: {
      preload: path.join(__dirname, '../preload/preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      ...webPreferences,
    },
  });
}

/** `bounds`: where it stood the last time, if that is on a screen. */
export function makeMainWindow(theme: Theme, bounds: Rectangle | null): BrowserWindow {
  const place = bounds ?? { width: 1440, height: 900, useContentSize: true };
  // N.B. a page that paints before its window is shown first waits for the process that draws, some 50 ms of each start
  // in which it could be read. So it begins hidden, and is shown when it has been read.
  return makeWindow(theme, { minWidth: 720, minHeight: 480, paintWhenInitiallyHidden: false, ...place });
}

/** Drawn without a screen: exactly this size, never seen, not throttled. */
export function makeShotWindow(theme: Theme, width: number, height: number): BrowserWindow {
  const window = makeWindow(theme, {
    width,
    height,
    useContentSize: true,
    frame: false,
    webPreferences: { offscreen: true, backgroundThrottling: false },
  });
  letGoOfFrames(window);
  return window;
}

/** Frames that may wait for the collector, 5 MB each. */
const FRAMES = 4;

/**
 * Off screen Electron makes a picture of each frame, whether anybody looks or not, and lets go of them when the collector
 * runs, which it does after tens of megabytes. A window has none of that, so the memory that `--timing` tells would not be
 * that of the app.
 */
function letGoOfFrames(window: BrowserWindow): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let frames = 0;
  window.webContents.on('paint', () => {
    frames = (frames + 1) % FRAMES;
    if (frames === 0) collect();
  });
}

/** The theme goes with the address, so that the page is right at its first paint. */
export const pageUrl = (theme: Theme): string => `${APP_ORIGIN}/?theme=${theme}`;

/** The gallery of shared parts: `npm start -- --gallery`. No package has it. */
export const galleryUrl = (theme: Theme): string => `${APP_ORIGIN}/gallery/gallery.html?theme=${theme}`;
