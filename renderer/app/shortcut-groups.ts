// The rows of the dialog Keyboard shortcuts, from the tables of commands themselves, so that it cannot lie.
import { capsOfCommand, isLetterKey, keysOfCaps, windowCommands } from '../../contract/commands';
import { KEY_GROUPS, MOUSE_LINES } from '../timeline/keys';
import type { KeyHabits } from './commands';

export interface ShortcutGroup {
  readonly title: string;
  readonly rows: readonly { readonly keys: string; readonly what: string }[];
}

export function shortcutGroups(filter: string, { preset, mac, letterKeys }: KeyHabits): ShortcutGroup[] {
  const text = filter.trim().toLowerCase();
  /** The keys that act as things are set. */
  const acting = (caps: string): string =>
    keysOfCaps(caps)
      .filter((key) => letterKeys || !isLetterKey(key))
      .join(' / ');
  const groups: ShortcutGroup[] = [
    ...KEY_GROUPS.map(({ title, lines }) => ({
      title,
      rows: lines
        // The window's commands have this dialog already.
        .filter((l) => l.commands.every((c) => c.id !== 'timeline.shortcuts'))
        .map((l) => ({
          what: l.what,
          keys: l.commands
            .map((c) => acting(c.caps))
            .filter(Boolean)
            .join(' / '),
        })),
    })),
    { title: 'Mouse', rows: MOUSE_LINES.map(({ what, caps }) => ({ what, keys: caps })) },
    {
      title: 'Window',
      rows: windowCommands.map((c) => ({ what: c.name.replace('…', ''), keys: acting(capsOfCommand(c, preset, mac)) })),
    },
  ];
  return groups
    .map(({ title, rows }) => ({
      title,
      rows: rows.filter((r) => r.keys !== '' && (text === '' || `${r.what} ${r.keys}`.toLowerCase().includes(text))),
    }))
    .filter((g) => g.rows.length > 0);
}
