// How the app begins: what was asked, one instance, security, the window.
import { app, type BrowserWindow, Menu, nativeTheme, screen } from 'electron';
import path from 'node:path';
import { COMPARE_PAGE, formatPageRef, parsePageRef } from '../../contract/places';
import type { PageEntry } from '../../contract/shell-api';
import { handleAppScheme, readAhead, registerAppScheme } from '../windows/app-protocol';
import { galleryUrl, makeMainWindow, makeShotWindow, pageUrl } from '../windows/main-window';
import { boundsOnScreen } from '../windows/window-state';
import { useDataFolder } from './data-folder';
import { BadRequest, readLaunchRequest, Refusal, type LaunchRequest } from './launch-request';
import { tellLauncher } from './launcher';
import { readKept, type Kept } from './kept';
import { denyByDefault } from './security';
import { ShotProgress, takeShot } from './shot';
import { inTime, TookTooLong, within } from './time-limit';
import { Timing } from './timing';
import type { Tracewell, TracewellOptions } from './tracewell';

/** What a second instance hands to the first. */
interface HandOver {
  readonly files: string[];
  readonly compare: boolean;
}

export function start(): void {
  let request: LaunchRequest;
  try {
    request = readLaunchRequest(process.argv, process.cwd(), app.getAppPath());
  } catch (e) {
    if (e instanceof Refusal) {
      const { exitCode } = e;
      void tellLauncher({ event: 'refused', exitCode, text: e.message }).then(() => app.exit(exitCode));
      return;
    }
    if (!(e instanceof BadRequest)) throw e;
    void tellLauncher({ event: 'error', code: 'INTERNAL', message: e.message }).then(() => app.exit(2));
    return;
  }
  registerAppScheme();
  // Before it is ready Electron makes a menu of its own, where there is none; ours comes with the app (tracewell.ts).
  Menu.setApplicationMenu(null);
  // N.B. enableSandbox() undoes --no-sandbox, and root (CI, containers) cannot start without that switch.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  const timing = new Timing(request.startedAtMs ?? process.getCreationTime() ?? Date.now());
  const dataDir = useDataFolder(request.verb === 'shot');
  if (request.verb === 'shot') startShot(request, dataDir, timing);
  else startWindow(request, dataDir, timing);
}

interface Prepared {
  readonly kept: Kept;
  /** The window has its page. */
  readonly pageGiven: Promise<void>;
  /** To be called when the page may ask the app. */
  readonly appStands: () => void;
}

/** Until a window can be made: security, the page's files, what was kept. */
async function prepare(dataDir: string, forShot: boolean): Promise<Prepared> {
  const rendererDir = path.join(__dirname, '../renderer');
  // Electron needs a while to be ready; what is kept and the page's files are read meanwhile.
  const reading = readKept(dataDir, forShot);
  const ahead = readAhead(rendererDir);
  await app.whenReady();
  // N.B. a turn of the loop: all that follows was read and would run inside whatever made the app ready, the message of a
  // debugger for one, and a window that is made inside of that can wait for it for ever.
  await new Promise((ok) => setImmediate(ok));
  denyByDefault();
  let appStands = (): void => undefined;
  const pageGiven = handleAppScheme(rendererDir, ahead, new Promise((ok) => (appStands = ok)));
  const kept = await reading;
  nativeTheme.themeSource = kept.settings.values.theme;
  return { kept, pageGiven, appStands };
}

/** The window asks for its page at once; whatever keeps it, the app is there after this. */
const ASKED_FOR_MS = 1000;
/** So much later Chromium has handed the page to its process, which is still starting. */
const ON_ITS_WAY_MS = 8;

/**
 * The app behind a window whose page is on its way. N.B. a bundle of its own, so that its scripts are read while
 * Chromium starts the page's process: after the page was given, which would wait for them, and before that process asks
 * anything. What the page asks comes later than this turn of the loop.
 */
async function beginApp(window: BrowserWindow, options: TracewellOptions): Promise<Tracewell> {
  const { Tracewell } = await import('./tracewell');
  const tracewell = new Tracewell(options);
  void tracewell.begin(window);
  return tracewell;
}

const currentTheme = (): 'light' | 'dark' => (nativeTheme.shouldUseDarkColors ? 'dark' : 'light');

function startWindow(request: LaunchRequest, dataDir: string, timing: Timing): void {
  const { files, compare, restore } = request;
  if (!app.requestSingleInstanceLock({ files, compare } satisfies HandOver)) {
    // The first instance has the files now.
    void tellLauncher({ event: 'window-shown' })
      .then(() => tellLauncher({ event: 'done' }))
      .then(() => app.exit(0));
    return;
  }
  const running = prepare(dataDir, false).then(async ({ kept, pageGiven, appStands }) => {
    const { session } = kept;
    const screens = screen.getAllDisplays().map((d) => d.workArea);
    const window = makeMainWindow(currentTheme(), boundsOnScreen(session.window, screens));
    window.webContents.once('dom-ready', () => {
      if (session.window?.maximized) window.maximize();
      window.show();
      if (session.window?.fullScreen) window.setFullScreen(true);
      timing.mark('windowShown');
      void tellLauncher({ event: 'window-shown' });
    });
    const wantsGallery = !app.isPackaged && process.env['TRACEWELL_GALLERY'] === '1';
    void window.loadURL((wantsGallery ? galleryUrl : pageUrl)(currentTheme()));
    await inTime(pageGiven, ASKED_FOR_MS, undefined);
    await new Promise((ok) => setTimeout(ok, ON_ITS_WAY_MS));
    const onUsable = (): void => void tellLauncher({ event: 'usable' });
    const tracewell = await beginApp(window, { dataDir, kept, shot: null, files, compare, restore, timing, onUsable });
    appStands();
    return tracewell;
  });
  const openFromOutside = (more: readonly string[], together = false): void =>
    void running.then((tracewell) => tracewell.openFromOutside(more, together));
  app.on('second-instance', (_e, _argv, _dir, data) => {
    const { files: more, compare: together } = data as HandOver;
    openFromOutside(more, together);
  });
  app.on('open-file', (e, file) => {
    e.preventDefault();
    openFromOutside([file]);
  });
  // Of macOS; elsewhere a link comes as an argument.
  app.on('open-url', (e, link) => {
    e.preventDefault();
    openFromOutside([link]);
  });
  app.on('window-all-closed', () => app.quit());
  let ended = false;
  app.on('before-quit', (e) => {
    if (ended) return;
    e.preventDefault();
    void running
      .then((tracewell) => tracewell.end())
      .then(() => {
        ended = true;
        app.quit();
      });
  });
  app.on('quit', () => void tellLauncher({ event: 'done' }));
}

/** Ending may hang where the picture did. */
const END_MS = 5000;

/** Pages that belong to no trace. */
const PAGES_OF_THE_APP: readonly string[] = ['start', 'settings', 'capture'];

/** Why no picture can be taken of a page; null when it can. */
function refusedPage(page: string, known: readonly PageEntry[]): string | null {
  if (PAGES_OF_THE_APP.includes(page)) return null;
  const ref = parsePageRef(page);
  const entry = known.find((p) => p.id === ref.page);
  if (!entry)
    return `This version has no page ${ref.page} yet; it has ${[...PAGES_OF_THE_APP, ...known.map((p) => p.id)].join(', ')}.`;
  if (entry.arg === 'required' && ref.arg === null) return `The page ${page} needs to know of what: ${page}/….`;
  if (!entry.arg && ref.arg !== null) return `The page ${ref.page} takes nothing behind a slash.`;
  return null;
}

function startShot(request: LaunchRequest, dataDir: string, timing: Timing): void {
  const { fromNanos, toNanos, select, view, out, width, height, theme } = request;
  // The page is about all the files of the picture.
  const page =
    request.page === COMPARE_PAGE ? formatPageRef({ page: COMPARE_PAGE, arg: request.files.join('\n') }) : request.page;
  app.commandLine.appendSwitch('force-device-scale-factor', '1');
  app.commandLine.appendSwitch('force-color-profile', 'srgb');
  app.disableHardwareAcceleration();
  app.on('window-all-closed', () => undefined);
  const progress = new ShotProgress();
  let running: Tracewell | null = null;
  const make = async (): Promise<number> => {
    const { kept, appStands } = await prepare(dataDir, true);
    if (theme) nativeTheme.themeSource = theme;
    const window = makeShotWindow(currentTheme(), width, height);
    const shot = { page, fromNanos, toNanos, select, view };
    const tracewell = await beginApp(window, { dataDir, kept, shot, files: request.files, restore: false, timing });
    running = tracewell;
    appStands();
    window.once('ready-to-show', () => timing.mark('windowShown'));
    const gone = new Promise<never>((_ok, no) =>
      window.webContents.on('render-process-gone', (_e, { reason }) => no(new Error(`the page ended (${reason})`))),
    );
    progress.at('the page was not loaded');
    await window.loadURL(pageUrl(currentTheme()));
    progress.at('the page did not say which pages there are');
    const refusal = refusedPage(page, await tracewell.pages);
    if (refusal !== null) {
      await tellLauncher({ event: 'error', code: 'RANGE', message: refusal });
      return 1;
    }
    return Promise.race([takeShot(window, out ?? '', progress, timing, request.timing), gone]);
  };
  void within(request.limitSeconds, make(), () => progress.tell())
    .catch(async (e: unknown) => {
      const code = e instanceof TookTooLong ? 'TIMED_OUT' : 'INTERNAL';
      await tellLauncher({ event: 'error', code, message: `no picture could be taken: ${(e as Error).message}` });
      return 1;
    })
    .then(async (code) => {
      if (running) await inTime(running.end(), END_MS, undefined);
      app.exit(code);
    });
}
