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

/** A page that never comes to rest is a defect; whoever waits for its picture is told so instead of waiting on. */
const REST_LIMIT_MINUTES = 15;

async function withLimit<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_ok, no) => {
    const late = new Error(`the page did not come to rest within ${REST_LIMIT_MINUTES} minutes`);
    timer = setTimeout(() => no(late), REST_LIMIT_MINUTES * 60_000);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits, takes the picture, writes it whole or not at all, reports.
 * Answers the exit code: 1 when the trace or the page could not be shown (the picture then shows the reason).
 */
export async function takeShot(
  window: BrowserWindow,
  out: string,
  timing: Timing,
  withTiming: boolean,
): Promise<number> {
  const error = await withLimit(window.webContents.executeJavaScript(WHEN_IDLE) as Promise<TraceError | null>);
  const picture = await window.webContents.capturePage();
  if (picture.isEmpty()) throw new Error('the window could not be captured');
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
