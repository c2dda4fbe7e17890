// What a command is, and the window's own: one table that the menu, the toolbar, the palette, the key handler and the
// dialog Keyboard shortcuts are made from. Those of the timeline have the same shape (renderer/timeline/keys.ts).

/** Whose habits the keys follow. The first is the product's own: those of `go tool trace`, with what it lacks. */
export const KEY_PRESETS = ['tracewell', 'gotraceui', 'perfetto'] as const;
export type KeyPreset = (typeof KEY_PRESETS)[number];
export const PRESET_NAMES: Readonly<Record<KeyPreset, string>> = {
  tracewell: 'Tracewell and go tool trace',
  gotraceui: 'gotraceui',
  perfetto: 'Perfetto',
};

/** What must be there for a command to have something to do. */
export type CommandNeed = 'trace' | 'page' | 'indexing' | 'nameless' | 'back' | 'forward' | 'closed-tab' | 'tabs';

export interface WindowCommand {
  readonly id: string;
  /** On its button, in menu and palette. */
  readonly name: string;
  /** As KeyCaps writes it, alternatives split by ` / `; empty: no key. The first one stands in the menu. */
  readonly caps: string;
  /** Keys in presets and systems that differ. */
  readonly presetCaps?: Partial<Readonly<Record<KeyPreset, string>>>;
  readonly macCaps?: string;
  /** Name of a lucide icon. */
  readonly icon: string;
  readonly menu: 'file' | 'view' | 'go' | 'help' | 'none';
  /** A line is drawn between sections of a menu. */
  readonly section: number;
  readonly needs?: CommandNeed;
}

export const WINDOW_COMMANDS = [
  { id: 'file.open', name: 'Open…', caps: 'Ctrl+O', icon: 'folder-open', menu: 'file', section: 0 },
  { id: 'file.capture', name: 'Capture…', caps: '', icon: 'radio', menu: 'file', section: 0 },
  { id: 'file.openAddress', name: 'Open address…', caps: 'Ctrl+Shift+O', icon: 'link', menu: 'file', section: 0 },
  { id: 'compare.open', name: 'Compare…', caps: '', icon: 'git-compare', menu: 'file', section: 0 },
  { id: 'file.openSample', name: 'Open the sample', caps: '', icon: 'microscope', menu: 'file', section: 0 },
  {
    id: 'file.reload',
    name: 'Reload the trace',
    caps: 'Ctrl+R / F5',
    icon: 'refresh-cw',
    menu: 'file',
    section: 1,
    needs: 'trace',
  },
  {
    id: 'file.stopIndexing',
    name: 'Stop indexing',
    caps: '',
    icon: 'circle-stop',
    menu: 'file',
    section: 1,
    needs: 'indexing',
  },
  {
    id: 'file.binary',
    name: 'Choose the program’s binary…',
    caps: '',
    icon: 'file-code',
    menu: 'file',
    section: 1,
    needs: 'nameless',
  },
  {
    id: 'file.anonymise',
    name: 'Copy without names…',
    caps: '',
    icon: 'hat-glasses',
    menu: 'file',
    section: 1,
    needs: 'trace',
  },
  {
    id: 'compare.with',
    name: 'Compare with…',
    caps: '',
    icon: 'git-compare-arrows',
    menu: 'file',
    section: 1,
    needs: 'trace',
  },
  {
    id: 'file.showInFolder',
    name: 'Show in folder',
    caps: '',
    icon: 'folder-search',
    menu: 'file',
    section: 1,
    needs: 'trace',
  },
  {
    id: 'file.copyPath',
    name: 'Copy the path of the trace',
    caps: '',
    icon: 'copy',
    menu: 'file',
    section: 1,
    needs: 'trace',
  },
  { id: 'file.settings', name: 'Settings…', caps: 'Ctrl+,', icon: 'settings', menu: 'file', section: 2 },
  { id: 'file.closeTab', name: 'Close', caps: 'Ctrl+W', icon: 'x', menu: 'file', section: 3 },
  {
    id: 'file.reopenTab',
    name: 'Reopen the closed tab',
    caps: 'Ctrl+Shift+T',
    icon: 'undo-2',
    menu: 'file',
    section: 3,
    needs: 'closed-tab',
  },
  {
    id: 'view.palette',
    name: 'Command palette…',
    caps: 'Ctrl+Shift+P / Ctrl+K / F1',
    icon: 'terminal',
    menu: 'view',
    section: 1,
  },
  { id: 'view.navigation', name: 'Side navigation', caps: 'Ctrl+B', icon: 'panel-left', menu: 'view', section: 1 },
  { id: 'view.notifications', name: 'Notifications', caps: '', icon: 'bell', menu: 'view', section: 1 },
  {
    id: 'view.nextTab',
    name: 'Next tab',
    caps: 'Ctrl+Tab',
    icon: 'arrow-right-to-line',
    menu: 'view',
    section: 1,
    needs: 'tabs',
  },
  {
    id: 'view.previousTab',
    name: 'Previous tab',
    caps: 'Ctrl+Shift+Tab',
    icon: 'arrow-left-to-line',
    menu: 'view',
    section: 1,
    needs: 'tabs',
  },
  { id: 'view.zoomReset', name: 'Actual size', caps: 'Ctrl+0', icon: 'scan', menu: 'view', section: 2 },
  { id: 'view.zoomIn', name: 'Larger', caps: 'Ctrl+Plus / Ctrl+=', icon: 'zoom-in', menu: 'view', section: 2 },
  { id: 'view.zoomOut', name: 'Smaller', caps: 'Ctrl+-', icon: 'zoom-out', menu: 'view', section: 2 },
  { id: 'view.themeSystem', name: 'Theme: as the system', caps: '', icon: 'sun-moon', menu: 'none', section: 3 },
  { id: 'view.themeLight', name: 'Theme: light', caps: '', icon: 'sun', menu: 'none', section: 3 },
  { id: 'view.themeDark', name: 'Theme: dark', caps: '', icon: 'moon', menu: 'none', section: 3 },
  {
    id: 'go.back',
    name: 'Back',
    caps: 'Alt+Left',
    macCaps: 'Ctrl+[ / Alt+Left',
    icon: 'arrow-left',
    menu: 'go',
    section: 0,
    needs: 'back',
  },
  {
    id: 'go.forward',
    name: 'Forward',
    caps: 'Alt+Right',
    macCaps: 'Ctrl+] / Alt+Right',
    icon: 'arrow-right',
    menu: 'go',
    section: 0,
    needs: 'forward',
  },
  { id: 'go.anything', name: 'Go to anything…', caps: 'Ctrl+P', icon: 'search', menu: 'go', section: 1 },
  { id: 'help.shortcuts', name: 'Keyboard shortcuts', caps: '?', icon: 'keyboard', menu: 'help', section: 0 },
  { id: 'help.page', name: 'Help for this page', caps: 'Shift+F1', icon: 'circle-help', menu: 'help', section: 0 },
  { id: 'help.guide', name: 'User guide', caps: '', icon: 'book-open', menu: 'help', section: 0 },
  { id: 'help.glossary', name: 'Glossary', caps: '', icon: 'book-a', menu: 'help', section: 0 },
  { id: 'help.tour', name: 'Guided tour', caps: '', icon: 'route', menu: 'help', section: 0 },
  { id: 'help.report', name: 'Report a problem…', caps: '', icon: 'bug', menu: 'help', section: 1 },
  { id: 'help.updates', name: 'Check for updates…', caps: '', icon: 'cloud-download', menu: 'help', section: 2 },
  { id: 'help.logs', name: 'Show the logs', caps: '', icon: 'scroll-text', menu: 'help', section: 1 },
  { id: 'help.about', name: 'About Tracewell', caps: '', icon: 'info', menu: 'help', section: 2 },
] as const satisfies readonly WindowCommand[];

export type WindowCommandId = (typeof WINDOW_COMMANDS)[number]['id'];
/** The table without its literal types, for whoever walks it. */
export const windowCommands: readonly (WindowCommand & { readonly id: WindowCommandId })[] = WINDOW_COMMANDS;
const byId = new Map(windowCommands.map((c) => [c.id, c]));
export const windowCommand = (id: WindowCommandId): WindowCommand => byId.get(id)!;
export const isWindowCommandId = (id: string): id is WindowCommandId => byId.has(id as WindowCommandId);

/** The keys of a window command for a preset and a system, as KeyCaps writes them. */
export const capsOfCommand = (c: WindowCommand, preset: KeyPreset, mac: boolean): string =>
  (mac ? c.macCaps : undefined) ?? c.presetCaps?.[preset] ?? c.caps;

/** Single keys: ` / ` splits; a lone `/` is a key. */
export const keysOfCaps = (caps: string): readonly string[] => (caps === '' ? [] : caps.split(' / '));

/** A letter, digit or sign by itself or with Shift: what the setting `letterKeys` switches off. */
export const isLetterKey = (key: string): boolean => /^(?:Shift\+)?(?:.|Plus|Minus)$/u.test(key);

/** The shape of a key event, so that no DOM is needed to match one. */
export interface KeyPress {
  readonly code: string;
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  Escape: 'Esc',
  '+': 'Plus',
};

/** A key press as the tables write it. On macOS the command key stands for Ctrl, but for Tab, which the system has. */
export function writtenKey(e: KeyPress, mac: boolean): string {
  const key = KEY_NAMES[e.key] ?? (e.key.length === 1 ? e.key.toUpperCase() : e.key);
  const main = mac && key !== 'Tab' ? e.metaKey : e.ctrlKey;
  // A sign that needs Shift on some keyboards (`?`, `+`) is meant as it stands.
  const isSign = e.key.length === 1 && e.key.toUpperCase() === e.key.toLowerCase();
  return [main ? 'Ctrl' : '', e.altKey ? 'Alt' : '', e.shiftKey && !isSign ? 'Shift' : '', key]
    .filter(Boolean)
    .join('+');
}

/** Electron's words for the first key of a command; undefined for none and for those that only a page handles. */
export function acceleratorOf(caps: string): string | undefined {
  const [first] = keysOfCaps(caps);
  if (first === undefined || isLetterKey(first)) return undefined;
  return first.includes('Tab') ? first : first.replace('Ctrl+', 'CmdOrCtrl+');
}
