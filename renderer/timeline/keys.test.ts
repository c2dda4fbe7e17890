import { expect, it } from 'vitest';
import { COMMANDS, commandOfKey, KEY_COMMANDS, keyCommand } from './keys';

const press = (key: string, code = '', over = {}) => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...over,
});

it('has one line of the table for each command and one key for each line', () => {
  expect(KEY_COMMANDS.map((c) => c.id).sort()).toEqual([...COMMANDS].sort());
  const keys = KEY_COMMANDS.map((c) => c.code ?? c.key);
  expect(new Set(keys).size).toBe(keys.length);
  for (const id of COMMANDS) expect(keyCommand(id).name).not.toBe('');
});

it('reads W A S D by their place on the keyboard and other letters by what they write', () => {
  expect(commandOfKey(press('z', 'KeyW'))?.id).toBe('timeline.zoomIn');
  expect(commandOfKey(press('F', 'KeyF'))?.id).toBe('timeline.fitSelection');
  expect(commandOfKey(press('?', 'Slash'))?.id).toBe('timeline.shortcuts');
  expect(commandOfKey(press('ArrowLeft', 'ArrowLeft'))?.id).toBe('timeline.previousSpan');
  expect(commandOfKey(press('x', 'KeyX'))).toBeNull();
});

it('leaves keys with Ctrl, Alt or Meta to the window', () => {
  expect(commandOfKey(press('w', 'KeyW', { ctrlKey: true }))).toBeNull();
  expect(commandOfKey(press('ArrowLeft', 'ArrowLeft', { altKey: true }))).toBeNull();
});
