// Ties the page to main: events to stores, ports to traces. Called once, before the app is mounted.
import { watch } from 'vue';
import { TRACE_PORT, type SavedSession, type TracePortMessage } from '../../contract/shell-api';
import { trackBusy } from '../base/idle';
import { notify } from '../base/notify';
import { acceptPort, onEngineExit } from '../trace/ports';
import { runCommand } from './commands';
import { PAGES } from './pages';
import { useShell } from './shell-store';
import { driveShot } from './driver';
import { useTabs } from './tabs-store';

/** What changes is kept this much later at the latest; in between it is gathered. */
const SAVE_AFTER_MS = 250;

/** Tells main what the tabs show whenever that changes. */
function keepSession(): void {
  const tabs = useTabs();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = (): void => {
    timer = undefined;
    // A session that cannot be kept is main's to tell.
    window.shell.saveSession(JSON.parse(JSON.stringify(tabs.session)) as SavedSession).catch(() => undefined);
  };
  watch(
    () => tabs.session,
    () => (timer ??= setTimeout(save, SAVE_AFTER_MS)),
  );
  window.addEventListener('pagehide', () => timer !== undefined && save());
}

export async function linkShell(): Promise<void> {
  const { shell } = window;
  const tabs = useTabs();
  const state = useShell();
  const linked = trackBusy('shell');

  window.addEventListener('message', (e: MessageEvent<TracePortMessage>) => {
    const [port] = e.ports;
    if (e.source !== window || e.data.tag !== TRACE_PORT || !port) return;
    acceptPort(e.data.traceId, port);
    tabs.connected(e.data.traceId);
  });
  /** Traces that were opened; main's answer says how many come, and the first of them may be quicker than the answer. */
  let openedCount = 0;
  let openingCount = Infinity;
  /** The tab of the last session that was in front. */
  let frontPath: string | null = null;
  let opened = (): void => undefined;
  shell.on('openTrace', (trace) => {
    tabs.opened(trace);
    if (trace.asleep && trace.path === frontPath) tabs.activate(trace.traceId);
    if (++openedCount >= openingCount) opened();
  });
  shell.on('traceExit', ({ traceId, code, canReopen }) => {
    tabs.engineEnded(traceId, canReopen);
    const name = tabs.tabs.find((t) => t.trace.traceId === traceId)?.trace.fileName;
    // The tab says it too, for as long as it is so.
    if (name) notify(`The engine of ${name} ended unexpectedly.`, { kind: 'danger', quiet: true });
    onEngineExit(traceId, code);
  });
  shell.on('goToPlace', ({ path, place }) => {
    const tab = tabs.tabs.find((t) => t.trace.path === path);
    if (!tab) return;
    tabs.activate(tab.trace.traceId);
    tabs.openPlace(place, tab.trace.traceId);
  });
  shell.on('fileChange', (change) => tabs.fileChanged(change));
  shell.on('menuCommand', runCommand);
  shell.on('themeChange', (theme) => state.setTheme(theme));
  shell.on('settingsChange', (settings) => state.setSettings(settings));
  shell.on('notice', (text) => state.addNotices([text]));

  const start = await shell.ready({ pages: PAGES.map(({ id, title, arg }) => ({ id, title, arg })) });
  state.app = start.app;
  state.shot = start.shot;
  state.setTheme(start.theme);
  state.setSettings(start.settings);
  state.heldBack = start.heldBack;
  tabs.expect(start.session);
  frontPath = start.session.activePath;
  state.addNotices(start.notices);
  if (start.shot) driveShot(start.shot, start.openingCount);
  else keepSession();
  openingCount = start.openingCount;
  if (openedCount < openingCount) opened = trackBusy('opening');
  linked();
}
