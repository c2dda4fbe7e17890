// The one handler table of ShellApi: checks who asks and the shape of what is asked, then answers.
import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import path from 'node:path';
import * as v from 'valibot';
import { isWindowCommandId, type WindowCommandId } from '../../contract/commands';
import {
  FIRST_VIEW_ID,
  MAX_SAVED_TABS,
  MAX_TAB_STATE_CHARS,
  PROC_USE_STEPS,
  SHELL_CALL,
  TIMING_MARKS,
  USABLE_MARK,
  type ShellApi,
} from '../../contract/shell-api';
import { THEME_SETTINGS } from '../../contract/settings';
import { settingsPatch } from '../settings/schema-v2';
import { CAPTURE_SHAPES } from '../capture/capture-shapes';
import { MOST_SAVE_BYTES, SAVE_KINDS } from '../../contract/save-api';
import { TOUR_STEPS } from '../../contract/desk-api';
import { APP_ORIGIN } from './app-protocol';

type InputOf<K extends keyof ShellApi> = Parameters<ShellApi[K]>[0];
type ShellShapes = { readonly [K in keyof ShellApi]: v.GenericSchema<unknown, InputOf<K>> };

const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));
const filePath = v.pipe(
  text(4096),
  v.check((p) => path.isAbsolute(p) && !p.includes('\0'), 'not an absolute path'),
);
const traceId = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const commandId = v.custom<WindowCommandId>((id) => typeof id === 'string' && isWindowCommandId(id));
/** N.B. what came over IPC is a structured clone: it may hold what JSON has no words for, which JSON drops. */
const pageState = v.pipe(
  v.unknown(),
  v.check((state) => (JSON.stringify(state) ?? '').length <= MAX_TAB_STATE_CHARS, 'too long'),
);
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export const SHELL_SHAPES: ShellShapes = {
  ready: v.strictObject({
    pages: v.pipe(
      v.array(
        v.strictObject({
          id: text(64),
          title: text(64),
          arg: v.optional(v.picklist(['optional', 'required'])),
        }),
      ),
      v.maxLength(64),
    ),
  }),
  chooseTraces: v.strictObject({ multiple: v.boolean() }),
  openView: v.strictObject({ traceId, viewId: v.pipe(traceId, v.minValue(FIRST_VIEW_ID)) }),
  openDialog: v.null(),
  openPaths: v.strictObject({ paths: v.pipe(v.array(filePath), v.maxLength(64)) }),
  openSample: v.null(),
  openSection: v.strictObject({ traceId, section: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)) }),
  chooseBinary: v.strictObject({ traceId }),
  saveAnonymised: v.strictObject({ traceId }),
  dropBinary: v.strictObject({ traceId }),
  closeTrace: v.strictObject({ traceId }),
  reopenTrace: v.strictObject({ traceId }),
  readRecents: v.null(),
  noteRecent: v.strictObject({
    traceId,
    goVersion: text(32),
    durationNanos: amount,
    eventCount: amount,
    procUse: v.nullable(v.pipe(v.array(share), v.maxLength(PROC_USE_STEPS))),
  }),
  removeRecent: v.strictObject({ path: filePath }),
  pinRecent: v.strictObject({ path: filePath, pinned: v.boolean() }),
  clearRecents: v.null(),
  locateRecent: v.strictObject({ path: filePath }),
  setTheme: v.strictObject({ setting: v.picklist(THEME_SETTINGS) }),
  changeSettings: settingsPatch,
  // N.B. the path of a trace's source file, of whichever system it was built on.
  openSource: v.strictObject({
    file: v.pipe(
      text(4096),
      v.check((f) => !f.includes('\0'), 'not a path'),
    ),
    line: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000_000)),
  }),
  zoom: v.strictObject({ step: v.picklist([-1, 0, 1]) }),
  setMenuState: v.strictObject({ enabled: v.pipe(v.array(commandId), v.maxLength(256)) }),
  saveSession: v.strictObject({
    tabs: v.pipe(v.array(v.strictObject({ path: filePath, state: pageState })), v.maxLength(MAX_SAVED_TABS)),
    activePath: v.nullable(filePath),
  }),
  readMemory: v.strictObject({ traceId }),
  showLogs: v.null(),
  showItemInFolder: v.strictObject({ path: filePath }),
  copyText: v.strictObject({ text: v.pipe(v.string(), v.maxLength(1 << 20)) }),
  markTiming: v.strictObject({ mark: v.picklist([...TIMING_MARKS, USABLE_MARK]) }),
  ...CAPTURE_SHAPES,
  startSave: v.strictObject({ suggestedName: text(255), kind: v.picklist(SAVE_KINDS) }),
  writeSave: v.strictObject({
    saveId: v.pipe(v.number(), v.integer(), v.minValue(1)),
    chunk: v.union([
      v.pipe(v.string(), v.maxLength(MOST_SAVE_BYTES)),
      v.pipe(
        v.instance(Uint8Array),
        v.check((b) => b.byteLength <= MOST_SAVE_BYTES, 'too much at once'),
      ),
    ]),
  }),
  endSave: v.strictObject({ saveId: v.pipe(v.number(), v.integer(), v.minValue(1)), keep: v.boolean() }),
  readSource: v.strictObject({ traceId, file: text(4096) }),
  chooseSourceFolder: v.strictObject({ traceId, file: text(4096) }),
  openDropped: v.strictObject({ paths: v.pipe(v.array(filePath), v.maxLength(64)) }),
  openPasted: v.strictObject({ text: text(8192) }),
  readCache: v.null(),
  clearCache: v.null(),
  openTour: v.strictObject({ step: v.picklist(TOUR_STEPS) }),
  readReport: v.null(),
  readUpdates: v.null(),
  checkUpdates: v.null(),
  loadUpdate: v.null(),
};

/** True for the main frame of our own page: `app://bundle`, in a window that we made. */
export function isOurPage(event: IpcMainInvokeEvent, ownContentsId: number | null): boolean {
  const { sender, senderFrame } = event;
  if (sender.id !== ownContentsId || senderFrame === null || senderFrame !== sender.mainFrame) return false;
  // N.B. the origin of a custom scheme is "null" in URL, so it is compared in two parts.
  const { protocol, host } = new URL(senderFrame.url);
  return `${protocol}//${host}` === APP_ORIGIN;
}

/**
 * Answers each method of `api`, from when the app `stands`. A wrong sender or shape is refused with a sentence and never
 * reaches the method.
 */
export function handleShellCalls(
  ipcMain: Pick<IpcMain, 'handle'>,
  api: ShellApi,
  trusts: (event: IpcMainInvokeEvent) => boolean,
  stands: Promise<void> = Promise.resolve(),
): void {
  ipcMain.handle(SHELL_CALL, (event, method: unknown, input: unknown): Promise<unknown> => {
    if (!trusts(event)) throw new Error('refused: the sender is not a page of this app');
    if (typeof method !== 'string' || !Object.hasOwn(SHELL_SHAPES, method))
      throw new Error('refused: there is no such method');
    const known = method as keyof ShellApi;
    const checked = v.safeParse(SHELL_SHAPES[known], input);
    if (!checked.success)
      throw new Error(`refused: ${known} was asked with a wrong argument: ${checked.issues[0].message}`);
    return stands.then(() => (api[known] as (i: unknown) => Promise<unknown>)(checked.output));
  });
}
