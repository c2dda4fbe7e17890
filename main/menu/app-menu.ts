// The menu that stands on the screen: made anew when what it is made from changes.
import { Menu } from 'electron';
import { windowCommands, type WindowCommandId } from '../../contract/commands';
import type { Settings } from '../../contract/settings';
import type { PageEntry, RecentTrace } from '../../contract/shell-api';
import { menuTemplate, type MenuActions } from './menu-template';

/** Commands that are not always there to be used. */
const NEEDY: ReadonlySet<string> = new Set(windowCommands.filter((c) => c.needs !== undefined).map((c) => c.id));

export class AppMenu {
  readonly #act: MenuActions;
  #pages: readonly PageEntry[] = [];
  #recents: readonly RecentTrace[] = [];
  #settings: Pick<Settings, 'theme' | 'keyPreset'>;
  /** A window begins without a trace. */
  #enabled: ReadonlySet<WindowCommandId> = new Set();
  #due = false;

  constructor(settings: Pick<Settings, 'theme' | 'keyPreset'>, act: MenuActions) {
    this.#settings = settings;
    this.#act = act;
  }

  /** Stands at once: a window that gets its menu later is laid out twice. */
  begin(settings: Pick<Settings, 'theme' | 'keyPreset'>): void {
    this.#settings = settings;
    this.#make();
  }

  setPages(pages: readonly PageEntry[]): void {
    this.#pages = pages;
    this.#makeSoon();
  }

  setRecents(recents: readonly RecentTrace[]): void {
    this.#recents = recents;
    this.#makeSoon();
  }

  setSettings(settings: Pick<Settings, 'theme' | 'keyPreset'>): void {
    this.#settings = settings;
    this.#makeSoon();
  }

  /**
   * N.B. often, so the entries are changed in place: a menu that is open must not vanish under the pointer. And only those
   * that change: the system is told of each, and while the app starts nothing does.
   */
  setEnabled(enabled: readonly WindowCommandId[]): void {
    const before = this.#enabled;
    const now: ReadonlySet<string> = (this.#enabled = new Set(enabled));
    const changed = [...NEEDY].filter((id) => now.has(id) !== (before as ReadonlySet<string>).has(id));
    if (changed.length === 0) return;
    for (const item of Menu.getApplicationMenu()?.items.flatMap((i) => i.submenu?.items ?? []) ?? []) {
      if (changed.includes(item.id)) item.enabled = now.has(item.id);
    }
  }

  /** Several changes make one menu, after the answer that they came with. */
  #makeSoon(): void {
    if (this.#due) return;
    this.#due = true;
    setImmediate(() => this.#make());
  }

  #make(): void {
    this.#due = false;
    const { theme, keyPreset } = this.#settings;
    const template = menuTemplate(
      {
        mac: process.platform === 'darwin',
        pages: this.#pages,
        recents: this.#recents,
        theme,
        keyPreset,
        enabled: this.#enabled,
      },
      this.#act,
    );
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }
}
