// The rows of the dialog Keyboard shortcuts, from the key tables themselves, so that it cannot lie.
import { KEY_GROUPS, MOUSE_LINES } from '../timeline/keys';
import { APP_KEYS } from './commands';

export interface ShortcutGroup {
  readonly title: string;
  readonly rows: readonly { readonly keys: string; readonly what: string }[];
}

export function shortcutGroups(filter: string): ShortcutGroup[] {
  const text = filter.trim().toLowerCase();
  const groups: ShortcutGroup[] = [
    ...KEY_GROUPS.map(({ title, lines }) => ({
      title,
      rows: lines.map((l) => ({ what: l.what, keys: l.commands.map((c) => c.caps).join(' / ') })),
    })),
    { title: 'Mouse', rows: MOUSE_LINES.map(({ what, caps }) => ({ what, keys: caps })) },
    // The timeline's keys list this dialog already.
    { title: 'Application', rows: APP_KEYS.filter((k) => k.command !== 'keyboard-shortcuts') },
  ];
  return groups
    .map(({ title, rows }) => ({
      title,
      rows: rows.filter((r) => text === '' || `${r.what} ${r.keys}`.toLowerCase().includes(text)),
    }))
    .filter((g) => g.rows.length > 0);
}
