// `tracewell shot`: a picture of a page of the real app, when nothing is pending any more.
import type { BrowserWindow } from 'electron';
import { writeFile } from 'atomically';
import { ERROR_CODES, type TraceError } from '../../contract/errors';
import { tellLauncher } from './launcher';
import type { Timing } from './timing';

/** What the page offers a driver: see renderer/base/idle.ts and renderer/app/driver.ts. */
const WHEN_IDLE = `(async () => {
  await window.__tracewell.idle();
  await Promise.all([document.fonts.ready, ...[...document.images].map((i) => i.decode().catch(() => undefined))]);
  await new Promise((ok) => requestAnimationFrame(() => requestAnimationFrame(ok)));
  return window.__tracewellFrontError();
})()`;

/** What the page is not at rest for, in words. */
const REASONS = `window.__tracewell?.busyReasons().join(', ')`;

/** Where a picture stands, for who asks when it takes too long. */
export class ShotProgress {
  #at = 'the app was not ready';
  #page: BrowserWindow | null = null;

  /** `page`: a window that knows more about it. */
  at(what: string, page: BrowserWindow | null = null): void {
    this.#at = what;
    this.#page = page;
  }

  async tell(): Promise<string> {
    const reasons = (await this.#page?.webContents.executeJavaScript(REASONS)) as string | undefined;
    return reasons ? `${this.#at} (${reasons})` : this.#at;
  }
}

/**
 * Waits, takes the picture, writes it whole or not at all, reports.
 * Answers the exit code: 1 when the trace or the page could not be shown (the picture then shows the reason).
 */
export async function takeShot(
  window: BrowserWindow,
  out: string,
  progress: ShotProgress,
  timing: Timing,
  withTiming: boolean,
): Promise<number> {
  progress.at('the page had not come to rest', window);
  const error = (await window.webContents.executeJavaScript(WHEN_IDLE)) as TraceError | null;
  progress.at('the window gave no picture');
  const picture = await window.webContents.capturePage();
  if (picture.isEmpty()) throw new Error('the window could not be captured');
  progress.at('the picture was not written');
  await writeFile(out, picture.toPNG());
  if (withTiming) await tellLauncher({ event: 'timing', ms: timing.ms });
  if (error) {
    const code = ERROR_CODES.find((c) => c === error.code) ?? 'INTERNAL';
    await tellLauncher({ event: 'error', code, message: error.message });
    return 1;
  }
  await tellLauncher({ event: 'done' });
  return 0;
}
