// The running app: one window, its traces, their engines, the list of recent traces, the menu. Answers ShellApi.
import { app, type BrowserWindow, clipboard, ipcMain, nativeTheme, shell } from 'electron';
import path from 'node:path';
import {
  SHELL_EVENT,
  TRACE_PORT,
  USABLE_MARK,
  type PageEntry,
  type SavedSession,
  type ShellApi,
  type ShellEvents,
  type ShotRequest,
  type StartInfo,
  type TraceExit,
} from '../../contract/shell-api';
import { COMPARE_PAGE } from '../../contract/places';
import { DESK_METHODS } from '../../contract/desk-api';
import { SAVE_METHODS, SAVE_TYPES } from '../../contract/save-api';
import { askUser } from '../windows/ask-user';
import { CAPTURE_METHODS, CaptureShell } from '../capture/capture-shell';
import { AppMenu } from '../menu/app-menu';
import { removeHalfWritten } from '../settings/json-file';
import { RecentList } from '../settings/recent-list';
import type { Restored } from '../settings/session';
import { pageUrl } from '../windows/main-window';
import { SaveFiles } from '../windows/save-files';
import { handleShellCalls, isOurPage } from '../windows/shell-handlers';
import { watchWindow } from '../windows/window-state';
import { appInfo } from './app-info';
import { DeskShell } from './desk-shell';
import { isLink } from './deep-link';
import { engineEnv, makeEngines, type Engines } from './engines';
import { readStamp } from './file-stamp';
import { FileDialogs } from './file-dialogs';
import { methodsOf } from './methods-of';
import { FileWatches } from './file-watches';
import type { Kept } from './kept';
import { Log } from './log';
import { followLink } from './links';
import { OpenTraces } from './open-trace';
import { isOwnTrace } from './sample';
import type { Timing } from './timing';
import { SETTINGS_METHODS, SettingsShell } from './settings-shell';
import { TRACE_METHODS, TraceShell } from './trace-shell';
import { watchFile } from './watch-file';

export interface TracewellOptions {
  readonly dataDir: string;
  readonly kept: Kept;
  /** Set when the app only takes a picture: nothing is remembered then. */
  readonly shot: ShotRequest | null;
  readonly files: readonly string[];
  /** The files are to be seen beside each other. */
  readonly compare?: boolean;
  /** The tabs of the last session come back, if the settings want it too. */
  readonly restore: boolean;
  readonly timing: Timing;
  /** The page stands and answers. */
  readonly onUsable?: () => void;
}

/** A page that crashes more often than this stays as it is. */
const MAX_CRASHES = 3;

/** What this class answers itself; the rest is answered by its parts. */
const OWN_METHODS = [
  'ready',
  'saveSession',
  'showLogs',
  'showItemInFolder',
  'copyText',
  'markTiming',
] as const satisfies readonly (keyof ShellApi)[];

const NOTHING_RESTORED: Restored = { tabs: [], activePath: null, crashed: false, heldBack: [] };

export class Tracewell implements Pick<ShellApi, (typeof OWN_METHODS)[number]> {
  readonly #options: TracewellOptions;
  readonly #settings: Kept['settings'];
  readonly #recents: RecentList;
  readonly #session: Kept['session'];
  readonly #menu: AppMenu;
  readonly #log: Log;
  readonly #traces: OpenTraces;
  readonly #files: FileWatches;
  readonly #capture: CaptureShell;
  readonly #dialogs = new FileDialogs(() => this.#window);
  // A notice before anything is handed on; what has no names is another command.
  readonly #saves = new SaveFiles((name, kind) =>
    this.#dialogs.target(name, 'Export: the file has names of functions and files in it', SAVE_TYPES[kind]),
  );
  readonly #desk: DeskShell;
  readonly #traceShell: TraceShell;
  readonly #settingsShell: SettingsShell;
  readonly #hosts: Engines['hosts'];
  readonly #spare: Engines['spare'];
  #window: BrowserWindow | null = null;
  #tellPages: (pages: readonly PageEntry[]) => void = () => undefined;
  /** The pages that the page says it has. */
  readonly pages: Promise<readonly PageEntry[]> = new Promise((ok) => (this.#tellPages = ok));
  readonly #notices: string[];
  #restored = NOTHING_RESTORED;
  #tellWindow: () => void = () => undefined;
  /** Files that came before the page listened. */
  #pending: string[];
  /** Those of them that are to be compared. */
  #toCompare: readonly string[];
  #pageListens = false;

  constructor(options: TracewellOptions) {
    this.#options = options;
    this.#pending = [...options.files];
    this.#toCompare = options.compare ? options.files : [];
    this.#settings = options.kept.settings;
    this.#session = options.kept.session;
    this.#notices = [...options.kept.notices];
    this.#log = new Log(path.join(options.dataDir, 'logs'));
    this.#recents = new RecentList(path.join(options.dataDir, 'recents.json'), (traces) => {
      this.#send('recentsChange', traces);
      this.#menu.setRecents(traces);
    });
    this.#menu = new AppMenu(this.#settings.values, {
      openPath: (file) => void this.#traces.openPaths([file]),
      clearRecents: () => void this.#traceShell.clearRecents(),
      setTheme: (setting) => void this.#settingsShell.setTheme({ setting }),
      command: (command) => this.#send('menuCommand', command),
    });
    this.#capture = new CaptureShell(options.dataDir, {
      window: () => this.#window,
      onProgress: (progress) => this.#send('captureProgress', progress),
      onEnd: (end) => {
        this.#send('captureEnd', end);
        if (end.kind === 'done') void this.#traces.openPaths(end.files.map((f) => f.path));
      },
    });
    ({ hosts: this.#hosts, spare: this.#spare } = makeEngines({
      settings: () => this.#settings.values,
      openBytes: () => {
        const awake = this.#traces.all().filter((t) => !t.asleep);
        return options.shot ? null : awake.reduce((sum, t) => sum + (t.sizeBytes ?? 0), 0);
      },
      givePort: (traceId, port) => this.#window?.webContents.postMessage(TRACE_PORT, traceId, [port]),
      onExit: (exit) => void this.#engineEnded(exit),
    }));
    this.#files = new FileWatches({
      watchFile,
      readStamp,
      after: (ms, f) => {
        const timer = setTimeout(f, ms);
        return () => clearTimeout(timer);
      },
      onChange: (change) => {
        if (change.bytesLost) this.#hosts.stop(change.traceId);
        this.#send('fileChange', change);
      },
    });
    this.#traces = new OpenTraces({
      startEngine: (trace) => this.#hosts.start(trace.traceId, trace.path, trace.section, trace.binary),
      stopEngine: (traceId) => this.#hosts.stop(traceId),
      // A picture is over before anybody could reload it.
      watchFile: (traceId, file) => (options.shot ? Promise.resolve(false) : this.#files.begin(traceId, file)),
      unwatchFile: (traceId) => this.#files.end(traceId),
      announce: (trace) => this.#send('openTrace', trace),
      remember: (trace) => {
        if (this.#options.shot || isOwnTrace(trace.path)) return;
        this.#report(this.#recents.opened(trace.path, trace.sizeBytes, Date.now()));
        // The OS's own list: Jump List, Dock. Where there is none it does nothing.
        app.addRecentDocument(trace.path);
      },
    });
    this.#desk = new DeskShell({
      log: this.#log,
      settings: () => this.#settings.values,
      traces: () => this.#traces.all(),
      openAll: (files) => this.#openAll(files),
      openPaths: (paths) => this.#traces.openPaths(paths),
      showTimeline: (file) =>
        this.#send('goToPlace', { path: file, place: { page: 'view-trace', window: null, select: null } }),
      engineEnv: () => engineEnv(this.#settings.values),
    });
    this.#traceShell = new TraceShell({
      traces: this.#traces,
      hosts: this.#hosts,
      recents: this.#recents,
      dialogs: this.#dialogs,
      window: () => this.#window,
      remembers: options.shot === null,
    });
    this.#settingsShell = new SettingsShell({
      settings: this.#settings,
      session: this.#session,
      menu: this.#menu,
      dialogs: this.#dialogs,
      window: () => this.#window,
      send: (event, value) => this.#send(event, value),
    });
    nativeTheme.on('updated', () => this.#send('themeChange', this.#settingsShell.theme));
  }

  /**
   * Once Electron is ready, with the window, which may be loading its page already: what the page asks is answered when
   * everything stands.
   */
  async begin(window: BrowserWindow): Promise<void> {
    const { shot, restore, dataDir } = this.#options;
    const { values } = this.#settings;
    this.#attach(window);
    const isOurs: Parameters<typeof handleShellCalls>[2] = (e) => isOurPage(e, this.#window?.webContents.id ?? null);
    let stands = (): void => undefined;
    handleShellCalls(ipcMain, this.#api(), isOurs, new Promise((ok) => (stands = ok)));
    this.#menu.begin(values);
    const notice = await this.#recents.load();
    if (notice !== null) this.#notices.push(notice);
    if (!shot) {
      // Before anything is written there.
      await removeHalfWritten(dataDir);
      this.#keep(window);
      this.#restored = this.#session.begin(restore && values.restoreSession);
      if (this.#restored.crashed) this.#log.write('the app before this one did not end by itself');
      void this.#capture.load();
    }
    stands();
  }

  /** What the window was and how the app went is kept from now on. */
  #keep(window: BrowserWindow): void {
    this.#log.begin();
    const { version, electron, os } = appInfo();
    this.#log.write(`started: Tracewell ${version}, Electron ${electron}, ${os}`);
    this.#tellWindow = watchWindow(window, (state) => void this.#session.setWindow(state));
  }

  #api(): ShellApi {
    return {
      ...methodsOf(this, OWN_METHODS),
      ...methodsOf(this.#traceShell, TRACE_METHODS),
      ...methodsOf(this.#settingsShell, SETTINGS_METHODS),
      ...methodsOf(this.#capture, CAPTURE_METHODS),
      ...methodsOf(this.#saves, SAVE_METHODS),
      ...methodsOf(this.#desk, DESK_METHODS),
    };
  }

  #attach(window: BrowserWindow): void {
    this.#window = window;
    if (!this.#options.shot) {
      window.webContents.on('did-finish-load', () => window.webContents.setZoomLevel(this.#session.zoomLevel));
      // The mouse's own buttons: Windows and Linux tell the window, elsewhere the page hears of them.
      window.on('app-command', (_e, command) => {
        if (command === 'browser-backward') this.#send('menuCommand', 'go.back');
        if (command === 'browser-forward') this.#send('menuCommand', 'go.forward');
      });
    }
    window.on('closed', () => {
      this.#window = null;
      this.#pageListens = false;
      this.#hosts.stopAll();
      this.#files.endAll();
    });
    // Some file systems (network, FUSE) tell nothing of what others do: look when somebody comes back to the window.
    window.on('focus', () => this.#files.lookAtAll());
    // A page that crashed starts again with the traces it had, unless it does so again and again.
    let crashCount = 0;
    window.webContents.on('render-process-gone', (_e, { reason }) => {
      this.#log.write(`the page ended: ${reason}`);
      void this.#saves.dropAll();
      if (reason === 'clean-exit' || ++crashCount > MAX_CRASHES) return;
      this.#notices.push('The window had to be drawn anew after a fault. Its traces were opened again.');
      void window.loadURL(pageUrl(this.#settingsShell.theme.theme));
    });
  }

  /** Files from outside: a second instance, the OS. */
  openFromOutside(files: readonly string[], compare = false): void {
    if (this.#pageListens) void this.#openAll(files, compare ? files : []);
    else {
      this.#pending.push(...files);
      if (compare) this.#toCompare = files;
    }
    if (!this.#window) return;
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.focus();
  }

  /** Ends the engines and waits for what is being written. */
  async end(): Promise<void> {
    this.#hosts.stopAll();
    this.#files.endAll();
    if (!this.#options.shot) {
      this.#tellWindow();
      await this.#session.end();
      this.#log.write('ended');
    }
    await Promise.all([this.#capture.end(), this.#settings.settled(), this.#recents.settled()]);
  }

  // Of ShellApi, in its order.

  ready({ pages }: { pages: readonly PageEntry[] }): Promise<StartInfo> {
    this.#tellPages(pages);
    const again = this.#pageListens;
    this.#pageListens = true;
    const files = this.#pending.splice(0);
    const restored = again ? [] : this.#restored.tabs.map((t) => t.path);
    // After the answer: the page needs that first.
    setImmediate(() => void this.#sendTraces(again, restored, files));
    return Promise.resolve({
      app: appInfo(),
      theme: this.#settingsShell.theme,
      settings: this.#settings.values,
      // A file that was asked for is what the user wants to see.
      session: again ? this.#session.saved : { ...this.#restored, ...(files.length > 0 ? { activePath: null } : {}) },
      heldBack: again ? [] : this.#restored.heldBack,
      shot: this.#options.shot,
      notices: this.#notices.splice(0),
      openingCount: again ? this.#traces.all().length : restored.length + files.filter((f) => !isLink(f)).length,
    });
  }

  async #sendTraces(again: boolean, restored: readonly string[], files: readonly string[]): Promise<void> {
    if (again) return this.#traces.resend();
    await this.#traces.restorePaths(restored);
    await this.#openAll(files, this.#toCompare);
    this.#toCompare = [];
  }

  /** Files, and links to files and addresses. */
  async #openAll(files: readonly string[], compare: readonly string[] = []): Promise<void> {
    await this.#traces.openPaths(files.filter((f) => !isLink(f)));
    const [first] = compare;
    if (first !== undefined)
      this.#send('goToPlace', { path: first, place: { page: COMPARE_PAGE, arg: compare.join('\n') } });
    for (const link of files.filter(isLink))
      await followLink(link, {
        ask: (question, yes) => askUser(this.#window, question, yes),
        openPath: (file) => this.#traces.openPaths([file]),
        startCapture: (input) => this.#capture.startCapture(input),
        showCapture: () => this.#send('menuCommand', 'file.capture'),
        goToPlace: (to) => this.#send('goToPlace', to),
        notice: (text) => this.#send('notice', text),
      });
  }

  saveSession(session: SavedSession): Promise<void> {
    return this.#options.shot ? Promise.resolve() : this.#session.save(session);
  }

  showLogs(): Promise<void> {
    this.#log.write('the log was shown');
    shell.showItemInFolder(this.#log.file);
    return Promise.resolve();
  }

  showItemInFolder({ path: file }: { path: string }): Promise<void> {
    shell.showItemInFolder(file);
    return Promise.resolve();
  }

  copyText({ text }: { text: string }): Promise<void> {
    clipboard.writeText(text);
    return Promise.resolve();
  }

  markTiming({ mark }: Parameters<ShellApi['markTiming']>[0]): Promise<void> {
    if (mark === USABLE_MARK) {
      this.#spare.later();
      this.#options.onUsable?.();
      // The menu that came with the window has neither; making it anew takes from the start what it can wait for.
      void Promise.all([this.pages, this.#recents.read()]).then(([pages, traces]) => {
        this.#menu.setPages(pages);
        this.#menu.setRecents(traces);
      });
    } else this.#options.timing.mark(mark);
    return Promise.resolve();
  }

  /** An engine that dies of a file that was cut short under it is no crash: the page is told of the file first. */
  async #engineEnded(exit: TraceExit): Promise<void> {
    const isChanged = await this.#files.look(exit.traceId);
    if (this.#hosts.isRunning(exit.traceId)) return; // started again meanwhile
    if (isChanged) this.#hosts.forgive(exit.traceId);
    this.#log.write(`engine ${exit.traceId} ended with code ${exit.code}${isChanged ? ', its file was changed' : ''}`);
    this.#send('traceExit', isChanged ? { ...exit, canReopen: true } : exit);
  }

  #send<E extends keyof ShellEvents>(event: E, value: ShellEvents[E]): void {
    if (this.#pageListens) this.#window?.webContents.send(SHELL_EVENT, event, value);
  }

  /** A failed write is told to the user, it does not stop anything. */
  #report(work: Promise<void>): void {
    work.catch((e: unknown) =>
      this.#send('notice', `The list of recent traces could not be saved: ${(e as Error).message}`),
    );
  }
}
