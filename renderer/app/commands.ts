// What menu entries and keys do, by name.
import type { MenuCommand } from '../../contract/shell-api';
import { useShell } from './shell-store';
import { START_TAB, useTabs } from './tabs-store';

export type Command = MenuCommand | 'open';

export function runCommand(command: Command): void {
  const tabs = useTabs();
  const shell = useShell();
  switch (command) {
    case 'open':
      void window.shell.openDialog(null);
      return;
    case 'close-tab':
      if (tabs.activeId === START_TAB) window.close();
      else tabs.close(tabs.activeId);
      return;
    case 'next-tab':
      tabs.turn(1);
      return;
    case 'previous-tab':
      tabs.turn(-1);
      return;
    case 'toggle-navigation':
      shell.navigationFolded = !(shell.navigationFolded ?? isNarrow());
      return;
    case 'back':
      tabs.step(-1);
      return;
    case 'forward':
      tabs.step(1);
      return;
    case 'keyboard-shortcuts':
      shell.dialog = 'shortcuts';
      return;
    case 'about':
      shell.dialog = 'about';
      return;
    default:
      tabs.openPlace({ page: command.slice('page:'.length) });
  }
}

/** Below this width the side navigation is folded unless the user unfolds it. */
const NARROW = '(max-width: 1180px)';
export const narrowQuery = (): MediaQueryList => window.matchMedia(NARROW);
const isNarrow = (): boolean => narrowQuery().matches;

export interface AppKey {
  readonly keys: string;
  readonly what: string;
  readonly command: Command;
}

/** Keys of the window. The menu has the same, but a page gets a key first. */
export const APP_KEYS: readonly AppKey[] = [
  { keys: 'Ctrl+O', what: 'Open…', command: 'open' },
  { keys: 'Ctrl+W', what: 'Close the tab', command: 'close-tab' },
  { keys: 'Ctrl+Tab', what: 'Next tab', command: 'next-tab' },
  { keys: 'Ctrl+Shift+Tab', what: 'Previous tab', command: 'previous-tab' },
  { keys: 'Ctrl+B', what: 'Side navigation', command: 'toggle-navigation' },
  { keys: 'Alt+Left', what: 'Back', command: 'back' },
  { keys: 'Alt+Right', what: 'Forward', command: 'forward' },
  { keys: '?', what: 'Keyboard shortcuts', command: 'keyboard-shortcuts' },
];

const NAMES: Readonly<Record<string, string>> = { ArrowLeft: 'Left', ArrowRight: 'Right' };

/** The command of a key press; null when it is none, or belongs to a field that is being typed into. */
export function commandOfKey(e: KeyboardEvent, mac: boolean): Command | null {
  const inField =
    e.target instanceof HTMLElement && e.target.matches('input, textarea, select, [contenteditable="true"]');
  const key = NAMES[e.key] ?? (e.key.length === 1 ? e.key.toUpperCase() : e.key);
  const main = mac && key !== 'Tab' ? e.metaKey : e.ctrlKey;
  // "?" needs Shift on many keyboards, and no other modifier.
  if (key === '?') return inField || e.ctrlKey || e.altKey || e.metaKey ? null : 'keyboard-shortcuts';
  if (inField && e.altKey) return null; // moves the caret by words
  const pressed = [main ? 'Ctrl' : '', e.altKey ? 'Alt' : '', e.shiftKey ? 'Shift' : '', key].filter(Boolean).join('+');
  return APP_KEYS.find((k) => k.keys === pressed)?.command ?? null;
}
