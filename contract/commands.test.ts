import { expect, test } from 'vitest';
import {
  acceleratorOf,
  capsOfCommand,
  isLetterKey,
  KEY_PRESETS,
  keysOfCaps,
  windowCommands,
  writtenKey,
  type KeyPress,
} from './commands';

const press = (key: string, over: Partial<KeyPress> = {}): KeyPress => ({
  code: '',
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...over,
});

test.each([
  [press('p', { ctrlKey: true, shiftKey: true }), false, 'Ctrl+Shift+P'],
  [press('o', { metaKey: true }), true, 'Ctrl+O'],
  [press('o', { ctrlKey: true }), true, 'O'],
  [press('Tab', { ctrlKey: true, shiftKey: true }), true, 'Ctrl+Shift+Tab'],
  [press('ArrowLeft', { altKey: true }), false, 'Alt+Left'],
  [press('?', { shiftKey: true }), false, '?'],
  [press('+', { ctrlKey: true, shiftKey: true }), false, 'Ctrl+Plus'],
  [press('F1'), false, 'F1'],
])('%j', (e, mac, name) => {
  expect(writtenKey(e, mac)).toBe(name);
});

test('no key means two commands, in any preset, on any system', () => {
  for (const preset of KEY_PRESETS) {
    for (const mac of [false, true]) {
      const keys = windowCommands.flatMap((c) => keysOfCaps(capsOfCommand(c, preset, mac)));
      expect(keys.filter((k, i) => keys.indexOf(k) !== i)).toEqual([]);
    }
  }
});

test('letters by themselves are no accelerators of the menu, and are what can be switched off', () => {
  expect(['?', 'W', 'Shift+M', '/', 'Plus'].map(isLetterKey)).toEqual([true, true, true, true, true]);
  expect(['Ctrl+O', 'Home', 'F1', 'Shift+Left', 'Esc'].map(isLetterKey)).toEqual([false, false, false, false, false]);
  expect([acceleratorOf('?'), acceleratorOf(''), acceleratorOf('Ctrl+R / F5'), acceleratorOf('Ctrl+Tab')]).toEqual([
    undefined,
    undefined,
    'CmdOrCtrl+R',
    'Ctrl+Tab',
  ]);
});
