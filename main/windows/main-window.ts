// The window of the app, and the one off screen that `tracewell shot` takes pictures of.
import { BrowserWindow, type BrowserWindowConstructorOptions } from 'electron';
import path from 'node:path';
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

export function makeMainWindow(theme: Theme): BrowserWindow {
  return makeWindow(theme, { width: 1440, height: 900, minWidth: 720, minHeight: 480, useContentSize: true });
}

/** Drawn without a screen: exactly this size, never seen, not throttled. */
export function makeShotWindow(theme: Theme, width: number, height: number): BrowserWindow {
  return makeWindow(theme, {
    width,
    height,
    useContentSize: true,
    frame: false,
    webPreferences: { offscreen: true, backgroundThrottling: false },
  });
}

/** The theme goes with the address, so that the page is right at its first paint. */
export const pageUrl = (theme: Theme): string => `${APP_ORIGIN}/?theme=${theme}`;
