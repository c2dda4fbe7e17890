// What the commands of the window do, which of them have something to do, and which key means which.
import { computed, watch, type ComputedRef } from 'vue';
import {
  capsOfCommand,
  isLetterKey,
  isWindowCommandId,
  keysOfCaps,
  windowCommands,
  writtenKey,
  type CommandNeed,
  type KeyPreset,
  type WindowCommandId,
} from '../../contract/commands';
import type { MenuCommand, OpenedTrace } from '../../contract/shell-api';
import { formatCount } from '../base/format';
import { notify } from '../base/notify';
import { wantAddress } from '../pages/capture/use-capture';
import { useTraceStore } from '../trace/trace-store';
import { useShell } from './shell-store';
import { START_TAB, useTabs } from './tabs-store';

export type Command = MenuCommand;

const theme = (setting: 'system' | 'light' | 'dark') => (): void => void useShell().chooseTheme(setting);
const frontTrace = () => useTabs().active?.trace;

const RUN: Readonly<Record<WindowCommandId, () => void>> = {
  'file.open': () => void window.shell.openDialog(null),
  'file.capture': () => useTabs().openAppTab('capture'),
  'file.openAddress': () => {
    wantAddress('');
    useTabs().openAppTab('capture');
  },
  'compare.open': () => useShell().askForComparison(null),
  'compare.with': () => useShell().askForComparison(frontTrace() ?? null),
  'file.openSample': () => void window.shell.openSample(null),
  'file.reload': () => {
    const trace = frontTrace();
    if (trace) void window.shell.reopenTrace({ traceId: trace.traceId });
  },
  'file.stopIndexing': () => {
    const trace = frontTrace();
    if (trace) useTraceStore(trace.traceId).cancel();
  },
  'file.binary': () => {
    const trace = frontTrace();
    if (trace) void window.shell.chooseBinary({ traceId: trace.traceId });
  },
  'file.anonymise': () => {
    const trace = frontTrace();
    if (!trace) return;
    void window.shell.saveAnonymised({ traceId: trace.traceId }).then(
      (copy) =>
        copy &&
        notify(
          `Written: ${copy.path}. ${formatCount(copy.replaced)} texts are replaced, ${formatCount(copy.kept)} of Go's own stay.`,
        ),
      (e: unknown) => notify(`The copy was not written. ${(e as Error).message}`, { kind: 'danger' }),
    );
  },
  'file.showInFolder': () => {
    const trace = frontTrace();
    if (trace) void window.shell.showItemInFolder({ path: trace.path });
  },
  'file.copyPath': () => {
    const trace = frontTrace();
    if (trace) void window.shell.copyText({ text: trace.path }).then(() => notify(`Copied ${trace.path}.`));
  },
  'file.settings': () => useTabs().openAppTab('settings'),
  'file.closeTab': () => {
    const tabs = useTabs();
    if (tabs.activeId === START_TAB) window.close();
    else tabs.close(tabs.activeId);
  },
  'file.reopenTab': () => useTabs().reopenClosed(),
  'view.palette': () => void (useShell().dialog = 'palette'),
  'view.navigation': () => {
    const shell = useShell();
    shell.navigationFolded = !(shell.navigationFolded ?? isNarrow());
  },
  'view.notifications': () => {
    const shell = useShell();
    shell.notificationsShown = !shell.notificationsShown;
  },
  'view.nextTab': () => useTabs().turn(1),
  'view.previousTab': () => useTabs().turn(-1),
  'view.zoomReset': () => void window.shell.zoom({ step: 0 }),
  'view.zoomIn': () => void window.shell.zoom({ step: 1 }),
  'view.zoomOut': () => void window.shell.zoom({ step: -1 }),
  'view.themeSystem': theme('system'),
  'view.themeLight': theme('light'),
  'view.themeDark': theme('dark'),
  'go.back': () => useTabs().step(-1),
  'go.forward': () => useTabs().step(1),
  'go.anything': () => void (useShell().dialog = 'anything'),
  'help.shortcuts': () => void (useShell().dialog = 'shortcuts'),
  'help.page': () => void (useShell().dialog = 'page-help'),
  'help.guide': () => void (useShell().dialog = 'guide'),
  'help.glossary': () => void (useShell().dialog = 'glossary'),
  'help.tour': () => void (useShell().tourShown = true),
  'help.report': () => void (useShell().dialog = 'report'),
  'help.updates': () => void (useShell().dialog = 'updates'),
  'help.logs': () => void window.shell.showLogs(null),
  'help.about': () => void (useShell().dialog = 'about'),
};

export function runCommand(command: Command): void {
  if (isWindowCommandId(command)) RUN[command]();
  else useTabs().openPlace({ page: command.slice('page:'.length) });
}

/** Its names come from another file, or would. */
const isNameless = (trace?: OpenedTrace): boolean =>
  !!trace && (trace.binary !== null || useTraceStore(trace.traceId).info?.needsBinary === true);

/** Which commands have something to do now. Call inside the app. */
export function useEnabledCommands(): ComputedRef<ReadonlySet<WindowCommandId>> {
  const tabs = useTabs();
  const has: Readonly<Record<CommandNeed, () => boolean>> = {
    trace: () => tabs.active !== null,
    page: () => tabs.active !== null && tabs.active.trace.error === null,
    indexing: () => tabs.active !== null && useTraceStore(tabs.active.trace.traceId).status === 'indexing',
    nameless: () => isNameless(tabs.active?.trace),
    back: () => tabs.canGoBack,
    forward: () => tabs.canGoForward,
    'closed-tab': () => tabs.closedCount > 0,
    tabs: () => tabs.ids.length > 1,
  };
  return computed(() => new Set(windowCommands.filter((c) => !c.needs || has[c.needs]()).map((c) => c.id)));
}

/** Tells the menu which of its entries are grey. */
export function followEnabled(enabled: ComputedRef<ReadonlySet<WindowCommandId>>): void {
  let told = '';
  watch(
    enabled,
    (ids) => {
      const now = [...ids].join();
      if (now === told) return;
      told = now;
      void window.shell.setMenuState({ enabled: [...ids] });
    },
    { immediate: true },
  );
}

/** Below this width the side navigation is folded unless the user unfolds it. */
const NARROW = '(max-width: 1180px)';
export const narrowQuery = (): MediaQueryList => window.matchMedia(NARROW);
const isNarrow = (): boolean => narrowQuery().matches;

export interface KeyHabits {
  readonly mac: boolean;
  readonly preset: KeyPreset;
  /** Letters by themselves are keys. */
  readonly letterKeys: boolean;
}

const FIELDS = 'input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable="true"]';
/** In a field these move the caret, or are text. */
const isOfFields = (key: string): boolean => isLetterKey(key) || key.startsWith('Alt+');

/** The command of a key press; null when it is none, or belongs to a field that is being typed into. */
export function commandOfKey(e: KeyboardEvent, { mac, preset, letterKeys }: KeyHabits): WindowCommandId | null {
  const key = writtenKey(e, mac);
  if (!letterKeys && isLetterKey(key)) return null;
  if (isOfFields(key) && e.target instanceof HTMLElement && e.target.matches(FIELDS)) return null;
  return windowCommands.find((c) => keysOfCaps(capsOfCommand(c, preset, mac)).includes(key))?.id ?? null;
}
