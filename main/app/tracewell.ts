// The running app: one window, its traces, their engines, the list of recent traces, the menu. Answers ShellApi.
import {
  app,
  type BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  shell,
  utilityProcess,
} from 'electron';
import path from 'node:path';
import {
  SHELL_EVENT,
  TRACE_PORT,
  type PageEntry,
  type RecentTrace,
  type ShellApi,
  type ShellEvents,
  type ShotRequest,
  type StartInfo,
  type ThemeSetting,
  type ThemeState,
  type TraceExit,
} from '../../contract/shell-api';
import { SAVE_TYPES, type SaveKind } from '../../contract/save-api';
import { CaptureShell } from '../capture/capture-shell';
import { menuTemplate } from '../menu/menu-template';
import { RecentList } from '../settings/recent-list';
import { Settings } from '../settings/settings';
import { pageUrl } from '../windows/main-window';
import { SaveFiles } from '../windows/save-files';
import { handleShellCalls, isOurPage } from '../windows/shell-handlers';
import { appInfo } from './app-info';
import { readStamp } from './file-stamp';
import { SourceFiles } from './source-files';
import { FileWatches } from './file-watches';
import { HostManager } from './host-manager';
import { OpenTraces } from './open-trace';
import { samplePath } from './sample';
import type { Timing } from './timing';
import { watchFile } from './watch-file';

export interface TracewellOptions {
  readonly dataDir: string;
  /** Set when the app only takes a picture: nothing is remembered then. */
  readonly shot: ShotRequest | null;
  readonly files: readonly string[];
  readonly timing: Timing;
}

/** A page that crashes more often than this stays as it is. */
const MAX_CRASHES = 3;

export class Tracewell implements ShellApi {
  readonly #options: TracewellOptions;
  readonly #settings: Settings;
  readonly #recents: RecentList;
  readonly #traces: OpenTraces;
  readonly #files: FileWatches;
  readonly #capture: CaptureShell;
  readonly #saves = new SaveFiles((name, kind) => this.#askForTarget(name, kind));
  readonly #sources = new SourceFiles();
  readonly hosts: HostManager;
  #window: BrowserWindow | null = null;
  #pages: readonly PageEntry[] = [];
  #tellPages: (pages: readonly PageEntry[]) => void = () => undefined;
  /** The pages that the page says it has. */
  readonly pages: Promise<readonly PageEntry[]> = new Promise((ok) => (this.#tellPages = ok));
  #notices: string[] = [];
  /** Files that came before the page listened. */
  #pending: string[];
  #pageListens = false;
  /** Of the last export in this run. */
  #exportFolder: string | null = null;

  constructor(options: TracewellOptions) {
    this.#options = options;
    this.#pending = [...options.files];
    this.#settings = new Settings(path.join(options.dataDir, 'settings.json'));
    this.#recents = new RecentList(path.join(options.dataDir, 'recents.json'), (traces) => {
      this.#send('recentsChange', traces);
      this.#setMenu(traces);
    });
    this.#capture = new CaptureShell(options.dataDir, {
      window: () => this.#window,
      onProgress: (progress) => this.#send('captureProgress', progress),
      onEnd: (end) => {
        this.#send('captureEnd', end);
        if (end.kind === 'done') void this.#traces.openPaths(end.files.map((f) => f.path));
      },
    });
    this.hosts = new HostManager({
      fork: (tracePath) =>
        utilityProcess.fork(path.join(__dirname, 'host.cjs'), [tracePath, process.env['TRACEWELL_MEMORY_MB'] ?? ''], {
          serviceName: `Tracewell engine: ${path.basename(tracePath)}`,
          stdio: 'inherit',
        }),
      makeChannel: () => new MessageChannelMain(),
      givePort: (traceId, port) => this.#window?.webContents.postMessage(TRACE_PORT, traceId, [port]),
      onExit: (exit) => void this.#engineEnded(exit),
      now: () => Date.now(),
    });
    this.#files = new FileWatches({
      watchFile,
      readStamp,
      after: (ms, f) => {
        const timer = setTimeout(f, ms);
        return () => clearTimeout(timer);
      },
      onChange: (change) => {
        if (change.bytesLost) this.hosts.stop(change.traceId);
        this.#send('fileChange', change);
      },
    });
    this.#traces = new OpenTraces({
      startEngine: (trace) => this.hosts.start(trace.traceId, trace.path),
      stopEngine: (traceId) => this.hosts.stop(traceId),
      // A picture is over before anybody could reload it.
      watchFile: (traceId, file) => (options.shot ? Promise.resolve(false) : this.#files.begin(traceId, file)),
      unwatchFile: (traceId) => this.#files.end(traceId),
      announce: (trace) => this.#send('openTrace', trace),
      remember: (trace) => {
        if (!this.#options.shot) this.#report(this.#recents.opened(trace.path, trace.sizeBytes, Date.now()));
      },
    });
    nativeTheme.on('updated', () => this.#send('themeChange', this.#theme()));
  }

  /** Reads what was kept and answers calls from now on; the window is made by the caller and attached. */
  async load(): Promise<void> {
    for (const notice of [await this.#settings.load(), await this.#recents.load()])
      if (notice) this.#notices.push(notice);
    if (!this.#options.shot) void this.#capture.load();
    nativeTheme.themeSource = this.#settings.theme;
    this.#setMenu(await this.#recents.read());
    handleShellCalls(ipcMain, this, (event) => isOurPage(event, this.#window?.webContents.id ?? null));
  }

  attach(window: BrowserWindow): void {
    this.#window = window;
    window.on('closed', () => {
      this.#window = null;
      this.#pageListens = false;
      this.hosts.stopAll();
      this.#files.endAll();
    });
    // Some file systems (network, FUSE) tell nothing of what others do: look when somebody comes back to the window.
    window.on('focus', () => this.#files.lookAtAll());
    // A page that crashed starts again with the traces it had, unless it does so again and again.
    let crashCount = 0;
    window.webContents.on('render-process-gone', (_e, { reason }) => {
      void this.#saves.dropAll();
      if (reason === 'clean-exit' || ++crashCount > MAX_CRASHES) return;
      this.#notices.push('The window had to be drawn anew after a fault. Its traces were opened again.');
      void window.loadURL(pageUrl(this.#theme().theme));
    });
  }

  /** Files from outside: a second instance, the OS. */
  openFromOutside(files: readonly string[]): void {
    if (this.#pageListens) void this.#traces.openPaths(files);
    else this.#pending.push(...files);
    if (!this.#window) return;
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.focus();
  }

  /** Ends the engines and waits for what is being written. */
  async end(): Promise<void> {
    this.hosts.stopAll();
    this.#files.endAll();
    await Promise.all([this.#capture.end(), this.#settings.settled(), this.#recents.settled()]);
  }

  // ShellApi, in its order.

  ready({ pages }: { pages: readonly PageEntry[] }): Promise<StartInfo> {
    this.#pages = pages;
    this.#tellPages(pages);
    void this.#recents.read().then((traces) => this.#setMenu(traces));
    const again = this.#pageListens;
    this.#pageListens = true;
    const files = this.#pending.splice(0);
    // After the answer: the page needs that first.
    setImmediate(() => void (again ? this.#traces.resend() : this.#traces.openPaths(files)));
    return Promise.resolve({
      app: appInfo(),
      theme: this.#theme(),
      shot: this.#options.shot,
      notices: this.#notices.splice(0),
      openingCount: again ? this.#traces.all().length : files.length,
    });
  }

  async openDialog(): Promise<number> {
    const paths = await this.#askForFiles('Open traces', ['openFile', 'multiSelections']);
    await this.#traces.openPaths(paths);
    return paths.length;
  }

  openPaths({ paths }: { paths: readonly string[] }): Promise<void> {
    return this.#traces.openPaths(paths);
  }

  openSample(): Promise<void> {
    return this.#traces.openPaths([samplePath()]);
  }

  closeTrace({ traceId }: { traceId: number }): Promise<void> {
    this.#traces.close(traceId);
    this.hosts.forget(traceId);
    return Promise.resolve();
  }

  reopenTrace({ traceId }: { traceId: number }): Promise<void> {
    return this.#traces.reopen(traceId);
  }

  readRecents(): Promise<readonly RecentTrace[]> {
    return this.#recents.read();
  }

  noteRecent({ traceId, ...figures }: Parameters<ShellApi['noteRecent']>[0]): Promise<void> {
    const trace = this.#traces.get(traceId);
    if (!trace || this.#options.shot) return Promise.resolve();
    return this.#recents.note(trace.path, { ...figures, procUse: figures.procUse ? [...figures.procUse] : null });
  }

  removeRecent({ path: file }: { path: string }): Promise<void> {
    return this.#recents.remove(file);
  }

  pinRecent({ path: file, pinned }: { path: string; pinned: boolean }): Promise<void> {
    return this.#recents.pin(file, pinned);
  }

  clearRecents(): Promise<void> {
    return this.#recents.clear();
  }

  async locateRecent({ path: file }: { path: string }): Promise<boolean> {
    const [found] = await this.#askForFiles(`Where is ${path.basename(file)} now?`, ['openFile']);
    if (found === undefined) return false;
    await this.#recents.relocate(file, found);
    await this.#traces.openPaths([found]);
    return true;
  }

  async setTheme({ setting }: { setting: ThemeSetting }): Promise<ThemeState> {
    await this.#settings.setTheme(setting);
    nativeTheme.themeSource = setting;
    this.#setMenu(await this.#recents.read());
    this.#send('themeChange', this.#theme());
    return this.#theme();
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
    this.#options.timing.mark(mark);
    return Promise.resolve();
  }

  startCapture(input: Parameters<ShellApi['startCapture']>[0]): ReturnType<ShellApi['startCapture']> {
    return this.#capture.startCapture(input);
  }

  cancelCapture(input: Parameters<ShellApi['cancelCapture']>[0]): Promise<void> {
    return this.#capture.cancelCapture(input);
  }

  chooseCaptureFile(input: Parameters<ShellApi['chooseCaptureFile']>[0]): ReturnType<ShellApi['chooseCaptureFile']> {
    return this.#capture.chooseCaptureFile(input);
  }

  chooseCaptureDirectory(): Promise<string | null> {
    return this.#capture.chooseCaptureDirectory();
  }

  readCaptureFolder(): Promise<string> {
    return this.#capture.readCaptureFolder();
  }

  startSave(input: Parameters<ShellApi['startSave']>[0]): ReturnType<ShellApi['startSave']> {
    return this.#saves.startSave(input);
  }

  writeSave(input: Parameters<ShellApi['writeSave']>[0]): Promise<void> {
    return this.#saves.writeSave(input);
  }

  endSave(input: Parameters<ShellApi['endSave']>[0]): Promise<string | null> {
    return this.#saves.endSave(input);
  }

  readSource({ file }: { file: string }): ReturnType<ShellApi['readSource']> {
    return this.#sources.read(file);
  }

  async chooseSourceFolder({ file }: { file: string }): Promise<boolean> {
    const options = { title: `Folder of ${path.posix.basename(file)}`, properties: ['openDirectory' as const] };
    const { canceled, filePaths } = await (this.#window
      ? dialog.showOpenDialog(this.#window, options)
      : dialog.showOpenDialog(options));
    const [folder] = filePaths;
    return !canceled && folder !== undefined && this.#sources.learn(file, folder);
  }

  /** An engine that dies of a file that was cut short under it is no crash: the page is told of the file first. */
  async #engineEnded(exit: TraceExit): Promise<void> {
    const isChanged = await this.#files.look(exit.traceId);
    if (this.hosts.isRunning(exit.traceId)) return; // started again meanwhile
    if (isChanged) this.hosts.forgive(exit.traceId);
    this.#send('traceExit', isChanged ? { ...exit, canReopen: true } : exit);
  }

  #theme(): ThemeState {
    return { setting: this.#settings.theme, theme: nativeTheme.shouldUseDarkColors ? 'dark' : 'light' };
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

  /** Where an export goes: beside the one before, or in the folder for downloads. */
  async #askForTarget(name: string, kind: SaveKind): Promise<string | null> {
    const { extensions, ...type } = SAVE_TYPES[kind];
    const options = {
      title: 'Export',
      defaultPath: path.join(this.#exportFolder ?? app.getPath('downloads'), name),
      filters: [{ ...type, extensions: [...extensions] }],
    };
    const { canceled, filePath } = await (this.#window
      ? dialog.showSaveDialog(this.#window, options)
      : dialog.showSaveDialog(options));
    if (canceled || !filePath) return null;
    this.#exportFolder = path.dirname(filePath);
    return filePath;
  }

  async #askForFiles(title: string, properties: ('openFile' | 'multiSelections')[]): Promise<string[]> {
    const options = {
      title,
      properties,
      filters: [
        { name: 'Go execution traces', extensions: ['trace', 'out'] },
        { name: 'All files', extensions: ['*'] },
      ],
    };
    const { canceled, filePaths } = await (this.#window
      ? dialog.showOpenDialog(this.#window, options)
      : dialog.showOpenDialog(options));
    return canceled ? [] : filePaths;
  }

  #setMenu(recents: readonly RecentTrace[]): void {
    const template = menuTemplate(
      { mac: process.platform === 'darwin', pages: this.#pages, recents, theme: this.#settings.theme },
      {
        open: () => void this.openDialog(),
        openPath: (file) => void this.#traces.openPaths([file]),
        clearRecents: () => void this.clearRecents(),
        setTheme: (setting) => void this.setTheme({ setting }),
        command: (command) => this.#send('menuCommand', command),
      },
    );
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }
}
