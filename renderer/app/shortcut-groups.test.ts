import { expect, test, vi } from 'vitest';
import { capsOfCommand, KEY_PRESETS, keysOfCaps, windowCommands } from '../../contract/commands';
import { keyCommands } from '../timeline/keys';

vi.mock('./commands', () => ({}));
const { shortcutGroups } = await import('./shortcut-groups');

const habits = (over = {}) => ({ mac: false, preset: 'tracewell', letterKeys: true, ...over }) as const;

test.each(KEY_PRESETS)('F177: no key of the window is a key of View trace, preset %s', (preset) => {
  const ofWindow = windowCommands.flatMap((c) => keysOfCaps(capsOfCommand(c, preset, false)));
  const ofTimeline = keyCommands(preset)
    // One command, named in both tables.
    .filter((c) => c.id !== 'timeline.shortcuts')
    .flatMap((c) => keysOfCaps(c.caps));
  expect(ofTimeline.filter((key) => ofWindow.includes(key))).toEqual([]);
});

test('F177: every command with a key is in the dialog, with the keys that act', () => {
  const keys = (over = {}): string[] => shortcutGroups('', habits(over)).flatMap((g) => g.rows.map((r) => r.keys));
  for (const c of windowCommands) if (c.caps !== '') expect(keys()).toContain(c.caps);
  expect(keys({ letterKeys: false }).filter((k) => k === '?' || /(^| )[A-Z]( |$)/.test(k))).toEqual([]);
  expect(shortcutGroups('palette', habits())).toHaveLength(1);
});
