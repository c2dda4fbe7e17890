import { expect, it, vi } from 'vitest';
import { commandOfKey } from './commands';

// The pages draw on canvases and know the shell; keys need neither.
vi.mock('./tabs-store', () => ({ START_TAB: 'start', useTabs: vi.fn() }));
vi.mock('./shell-store', () => ({ useShell: vi.fn() }));

const press = (init: KeyboardEventInit, target?: HTMLElement): KeyboardEvent => {
  const e = new KeyboardEvent('keydown', { bubbles: true, ...init });
  if (target) target.dispatchEvent(e);
  return e;
};

it.each([
  [{ key: 'o', ctrlKey: true }, 'open'],
  [{ key: 'O', ctrlKey: true }, 'open'],
  [{ key: 'Tab', ctrlKey: true, shiftKey: true }, 'previous-tab'],
  [{ key: 'ArrowLeft', altKey: true }, 'back'],
  [{ key: '?', shiftKey: true }, 'keyboard-shortcuts'],
  [{ key: 'o' }, null],
  [{ key: 'o', ctrlKey: true, altKey: true }, null],
  [{ key: 'ArrowLeft' }, null],
] as const)('%j is %s', (init, command) => {
  expect(commandOfKey(press(init), false)).toBe(command);
});

it('leaves letters to fields and takes the command key on macOS', () => {
  const input = document.body.appendChild(document.createElement('input'));
  expect(commandOfKey(press({ key: '?' }, input), false)).toBeNull();
  expect(commandOfKey(press({ key: 'ArrowLeft', altKey: true }, input), false)).toBeNull();
  expect(commandOfKey(press({ key: 'w', ctrlKey: true }, input), false)).toBe('close-tab');
  expect(commandOfKey(press({ key: 'o', metaKey: true }), true)).toBe('open');
  expect(commandOfKey(press({ key: 'Tab', ctrlKey: true }), true)).toBe('next-tab');
});
