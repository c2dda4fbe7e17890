// The control plane: what the page may ask of the main process, and what main tells the page.
// Every method takes one input and answers with a promise; the preload exposes each by name, main's handler table
// (main/windows/shell-handlers.ts) checks the sender and the shape of every call.

import type { CaptureApi, CaptureEnd, CaptureProgress } from './capture-api';
import type { WindowCommandId } from './commands';
import { DESK_METHODS, type DeskApi } from './desk-api';
import type { TraceError } from './errors';
import type { PlaceRequest, ViewWords } from './places';
import { SAVE_METHODS, type SaveApi } from './save-api';
import { SOURCE_METHODS, type SourceApi } from './source-api';
import type { Settings, ThemeSetting } from './settings';
import type { Bytes, Nanos, TraceId } from './units';

/** A tab's trace. With an `error` no engine was started: the tab says why and offers to try again. */
export interface OpenedTrace {
  readonly traceId: TraceId;
  readonly path: string;
  /** Which trace of a file that holds several, from 1. */
  readonly section: number;
  /** With `(part N)` behind it from the second on. */
  readonly fileName: string;
  /** The program that its names come from: only for a trace of Go 1.5 or 1.6, and when it was chosen. */
  readonly binary: string | null;
  /** Folder as people write it, with `~` for the home folder. */
  readonly directory: string;
  readonly sizeBytes: Bytes | null;
  readonly error: TraceError | null;
  /** An engine is being started: its port follows. False when the tab only comes to the front, or with an error. */
  readonly starting: boolean;
  /** The file is another one than was read under this id before: what is known of that one is out of date. */
  readonly replaced: boolean;
  /** A tab of the last session that nobody has looked at yet: it has no engine until `reopenTrace`. */
  readonly asleep: boolean;
}

/** One line of the list of recent traces. Figures are null until a trace was read to its end once. */
export interface RecentTrace {
  readonly path: string;
  readonly fileName: string;
  readonly directory: string;
  readonly pinned: boolean;
  /** Milliseconds since 1970. */
  readonly openedAtMs: number;
  readonly sizeBytes: Bytes | null;
  readonly goVersion: string | null;
  readonly durationNanos: Nanos | null;
  readonly eventCount: number | null;
  /** Share of the processors in use, 0..1, in equal steps over the whole trace. */
  readonly procUse: readonly number[] | null;
  /** The file is not there any more. */
  readonly missing: boolean;
}

/** Ids of views lie above those of traces. */
export const FIRST_VIEW_ID = 1_000_000_000;

/** Steps of a recent trace's thumbnail. */
export const PROC_USE_STEPS = 48;

export interface ThemeState {
  readonly setting: ThemeSetting;
  /** `system` resolved. */
  readonly theme: 'light' | 'dark';
}

export interface AppInfo {
  readonly name: string;
  readonly version: string;
  readonly electron: string;
  readonly chrome: string;
  readonly node: string;
  readonly os: string;
  /** Set when the runtime must not be given to users: why. */
  readonly runtimeNote: string | null;
}

/** A page of a trace, as the View menu names it. */
export interface PageEntry {
  readonly id: string;
  readonly title: string;
  /** May be, or must be, about something (`goroutines/FUNCTION`, `goroutine/ID`); left out: it takes nothing. */
  readonly arg?: 'optional' | 'required' | undefined;
}

/** A picture of one page that the command line asked for (`tracewell shot`). */
export interface ShotRequest {
  /** As `shot --page` names it: see contract/places.ts. */
  readonly page: string;
  readonly fromNanos: Nanos | null;
  readonly toNanos: Nanos | null;
  /** A span or goroutine to select, as the page understands it. */
  readonly select: string | null;
  /** How View trace shows it; null: as at first. */
  readonly view: ViewWords | null;
}

/** A tab as the session keeps it. What the page says of it is kept as it is and given back to the same page. */
export interface SavedTab {
  readonly path: string;
  /** JSON of the page: pages, places, marks, notes, selection. */
  readonly state: unknown;
}

export interface SavedSession {
  readonly tabs: readonly SavedTab[];
  /** Path of the tab in front; null: the start tab. */
  readonly activePath: string | null;
}

/** JSON text of one tab's state is no longer than this. */
export const MAX_TAB_STATE_CHARS = 512 * 1024;
export const MAX_SAVED_TABS = 64;

export interface StartInfo {
  readonly app: AppInfo;
  readonly theme: ThemeState;
  readonly settings: Settings;
  /** What the page kept of its tabs; those that come back are among the `openTrace` events. */
  readonly session: SavedSession;
  /** Paths that are not opened by themselves, because the app ended unexpectedly twice with them open. */
  readonly heldBack: readonly string[];
  /** Null in an ordinary run. */
  readonly shot: ShotRequest | null;
  /** Things that went wrong before the window was there, a sentence each. */
  readonly notices: readonly string[];
  /** So many `openTrace` events are on their way. */
  readonly openingCount: number;
}

/** Moments that `shot --timing` reports; each is sent at most once. */
export const TIMING_MARKS = ['fileOpened', 'firstSpans', 'wholeTraceDrawn', 'allIndexed'] as const;
export type TimingMark = (typeof TIMING_MARKS)[number];
/** The page stands and answers, whatever is still being read: what `npm run bench -- start` waits for. */
export const USABLE_MARK = 'usable';

/** What a menu entry asks the page to do. `page:ID` opens a page of the trace in front. */
export type MenuCommand = WindowCommandId | `page:${string}`;

/** A copy of a trace that was written without the program's own names. */
export interface AnonymisedCopy {
  readonly path: string;
  /** Texts that were replaced, and those that stayed. */
  readonly replaced: number;
  readonly kept: number;
}

export interface TraceExit {
  readonly traceId: TraceId;
  /** Exit code of the engine's process; on Unix the number of the signal that ended it. */
  readonly code: number;
  /** False when it ended too often: Reopen would only repeat it. */
  readonly canReopen: boolean;
}

export const FILE_CHANGE_KINDS = ['replaced', 'truncated', 'deleted'] as const;
export type FileChangeKind = (typeof FILE_CHANGE_KINDS)[number];

/** What became of the file of an open trace, against the one that was opened. */
export interface FileChange {
  readonly traceId: TraceId;
  /** Null: it is again as it was. */
  readonly kind: FileChangeKind | null;
  /** The bytes that were opened are overwritten or cut off: the engine was ended, for it would read what is not the trace. */
  readonly bytesLost: boolean;
}

export interface ShellApi extends CaptureApi, SaveApi, SourceApi, DeskApi {
  /** The page listens: main answers with what it needs to draw itself, then sends the traces that wait to be opened. */
  ready(input: { pages: readonly PageEntry[] }): Promise<StartInfo>;
  /** Asks for files in the OS's dialog and answers their paths; nothing is opened. */
  chooseTraces(input: { multiple: boolean }): Promise<readonly string[]>;
  /**
   * Another port to the engine of an open trace, which comes under `viewId`: a second place to stand in the same trace.
   * `viewId`: from FIRST_VIEW_ID on, the page's own count. False: the trace has no engine now.
   */
  openView(input: { traceId: TraceId; viewId: TraceId }): Promise<boolean>;
  /** Asks for files in the OS's dialog and opens them. Answers how many. */
  openDialog(input: null): Promise<number>;
  openPaths(input: { paths: readonly string[] }): Promise<void>;
  openSample(input: null): Promise<void>;
  /** Opens another trace of the file of an open trace, in a tab of its own. */
  openSection(input: { traceId: TraceId; section: number }): Promise<void>;
  /** Asks for the program that wrote the trace, and reads the trace anew with its names. False: nothing was chosen. */
  chooseBinary(input: { traceId: TraceId }): Promise<boolean>;
  /**
   * Says what a copy without the program's own names holds, asks where, and writes it. Null: not wanted after all. Errors:
   * a sentence.
   */
  saveAnonymised(input: { traceId: TraceId }): Promise<AnonymisedCopy | null>;
  /** Reads the trace anew without the program's names. */
  dropBinary(input: { traceId: TraceId }): Promise<void>;
  /** Ends the engine of a trace. Its id is never used again. */
  closeTrace(input: { traceId: TraceId }): Promise<void>;
  /** Looks at the file again and starts a new engine for the same tab. */
  reopenTrace(input: { traceId: TraceId }): Promise<void>;
  readRecents(input: null): Promise<readonly RecentTrace[]>;
  /** What the page learnt about an open trace, kept with its entry in the list of recent traces. */
  noteRecent(input: {
    traceId: TraceId;
    goVersion: string;
    durationNanos: Nanos;
    eventCount: number;
    procUse: readonly number[] | null;
  }): Promise<void>;
  removeRecent(input: { path: string }): Promise<void>;
  pinRecent(input: { path: string; pinned: boolean }): Promise<void>;
  /** Removes all that are not pinned. */
  clearRecents(input: null): Promise<void>;
  /** Asks where a missing file is now; puts that in its place and opens it. Answers false when nothing was chosen. */
  locateRecent(input: { path: string }): Promise<boolean>;
  setTheme(input: { setting: ThemeSetting }): Promise<ThemeState>;
  /** Changes some of the settings; answers all as they are now. `settingsChange` follows. */
  changeSettings(input: Partial<Settings>): Promise<Settings>;
  /** Opens a place of the source in the user's editor; the sentence says why not, or what was done. */
  openSource(input: { file: string; line: number }): Promise<{ opened: boolean; sentence: string }>;
  /** The window's contents larger (1), smaller (-1) or as they were (0). Kept over restarts. */
  zoom(input: { step: -1 | 0 | 1 }): Promise<void>;
  /** Which commands have something to do now: the others are grey in the menu. */
  setMenuState(input: { enabled: readonly WindowCommandId[] }): Promise<void>;
  /** Keeps what the tabs show, for the next start. Written atomically; the last one wins. */
  saveSession(input: SavedSession): Promise<void>;
  /** Memory of a trace's process; null when it has none. */
  readMemory(input: { traceId: TraceId }): Promise<Bytes | null>;
  /** Shows the folder of the log, which has no content of traces in it. */
  showLogs(input: null): Promise<void>;
  showItemInFolder(input: { path: string }): Promise<void>;
  copyText(input: { text: string }): Promise<void>;
  markTiming(input: { mark: TimingMark | typeof USABLE_MARK }): Promise<void>;
}

/** Names of all methods: the preload makes one function of each. */
export const SHELL_METHODS = [
  'ready',
  'chooseTraces',
  'openView',
  'openDialog',
  'openPaths',
  'openSample',
  'openSection',
  'chooseBinary',
  'saveAnonymised',
  'dropBinary',
  'closeTrace',
  'reopenTrace',
  'readRecents',
  'noteRecent',
  'removeRecent',
  'pinRecent',
  'clearRecents',
  'locateRecent',
  'setTheme',
  'changeSettings',
  'openSource',
  'zoom',
  'setMenuState',
  'saveSession',
  'readMemory',
  'showLogs',
  'showItemInFolder',
  'copyText',
  'markTiming',
  'startCapture',
  'cancelCapture',
  'chooseCaptureFile',
  'chooseCaptureDirectory',
  'readCaptureFolder',
  ...SAVE_METHODS,
  ...SOURCE_METHODS,
  ...DESK_METHODS,
] as const satisfies readonly (keyof ShellApi)[];

/** Main → page. */
export interface ShellEvents {
  /** A trace was opened, or opened again under the same id (then its port comes anew). */
  openTrace: OpenedTrace;
  /** The engine of a trace ended by itself. */
  traceExit: TraceExit;
  /** The file of an open trace was changed on the disk; told when it has come to rest, a loss of bytes at once. */
  fileChange: FileChange;
  menuCommand: MenuCommand;
  recentsChange: readonly RecentTrace[];
  themeChange: ThemeState;
  settingsChange: Settings;
  /** A sentence that belongs to no tab, e.g. a settings file that was set aside. */
  notice: string;
  /** A link leads to a place in a trace that was just opened. */
  goToPlace: { readonly path: string; readonly place: PlaceRequest };
  captureProgress: CaptureProgress;
  captureEnd: CaptureEnd;
}
export const SHELL_EVENTS = [
  'openTrace',
  'traceExit',
  'fileChange',
  'menuCommand',
  'recentsChange',
  'themeChange',
  'settingsChange',
  'notice',
  'goToPlace',
  'captureProgress',
  'captureEnd',
] as const satisfies readonly (keyof ShellEvents)[];

/** What the preload puts on `window.shell`. */
export interface ShellBridge extends ShellApi {
  /** Returns the end of listening. */
  on<E extends keyof ShellEvents>(event: E, listener: (value: ShellEvents[E]) => void): () => void;
  /** The path of a dropped or chosen file; empty when it has none. */
  pathOfFile(file: unknown): string;
}

/** Channels between preload and main, and the tag of a port that the preload hands to the page. */
export const SHELL_CALL = 'shell:call';
export const SHELL_EVENT = 'shell:event';
export const TRACE_PORT = 'trace:port';
/** `window.postMessage` data that accompanies a trace's port. */
export interface TracePortMessage {
  readonly tag: typeof TRACE_PORT;
  readonly traceId: TraceId;
}
