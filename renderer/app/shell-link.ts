// Ties the page to main: events to stores, ports to traces. Called once, before the app is mounted.
import { TRACE_PORT, type TracePortMessage } from '../../contract/shell-api';
import { trackBusy } from '../base/idle';
import { acceptPort, onEngineExit } from '../trace/ports';
import { runCommand } from './commands';
import { PAGES } from './pages';
import { useShell } from './shell-store';
import { driveShot } from './driver';
import { useTabs } from './tabs-store';

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
  let openingCount = 0;
  let opened = (): void => undefined;
  shell.on('openTrace', (trace) => {
    tabs.opened(trace);
    if (--openingCount <= 0) opened();
  });
  shell.on('traceExit', ({ traceId, code, canReopen }) => {
    tabs.engineEnded(traceId, canReopen);
    onEngineExit(traceId, code);
  });
  shell.on('fileChange', (change) => tabs.fileChanged(change));
  shell.on('menuCommand', runCommand);
  shell.on('themeChange', (theme) => state.setTheme(theme));
  shell.on('notice', (text) => state.addNotices([text]));

  const start = await shell.ready({ pages: PAGES.map(({ id, title, arg }) => ({ id, title, arg })) });
  state.app = start.app;
  state.shot = start.shot;
  state.setTheme(start.theme);
  state.addNotices(start.notices);
  if (start.shot) driveShot(start.shot);
  openingCount = start.openingCount;
  if (openingCount > 0) opened = trackBusy('opening');
  linked();
}
