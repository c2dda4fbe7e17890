import { expect, it, vi } from 'vitest';
import { commandOfKey } from './commands';

// The pages draw on canvases and know the shell; keys need neither.
vi.mock('./tabs-store', () => ({ START_TAB: 'start', useTabs: vi.fn() }));
vi.mock('./shell-store', () => ({ useShell: vi.fn() }));

const HABITS = { mac: false, preset: 'tracewell', letterKeys: true } as const;
const press = (init: KeyboardEventInit, target?: HTMLElement): KeyboardEvent => {
  const e = new KeyboardEvent('keydown', { bubbles: true, ...init });
  if (target) target.dispatchEvent(e);
  return e;
};

it.each([
  [{ key: 'o', ctrlKey: true }, 'file.open'],
  [{ key: 'O', ctrlKey: true }, 'file.open'],
  [{ key: 'Tab', ctrlKey: true, shiftKey: true }, 'view.previousTab'],
  [{ key: 'ArrowLeft', altKey: true }, 'go.back'],
  [{ key: 'P', ctrlKey: true, shiftKey: true }, 'view.palette'],
  [{ key: 'k', ctrlKey: true }, 'view.palette'],
  [{ key: 'F1' }, 'view.palette'],
  [{ key: 'p', ctrlKey: true }, 'go.anything'],
  [{ key: '+', ctrlKey: true, shiftKey: true }, 'view.zoomIn'],
  [{ key: '?', shiftKey: true }, 'help.shortcuts'],
  [{ key: 'o' }, null],
  [{ key: 'o', ctrlKey: true, altKey: true }, null],
  [{ key: 'ArrowLeft' }, null],
] as const)('%j is %s', (init, command) => {
  expect(commandOfKey(press(init), HABITS)).toBe(command);
});

it('leaves letters to fields and takes the command key on macOS', () => {
  const input = document.body.appendChild(document.createElement('input'));
  expect(commandOfKey(press({ key: '?' }, input), HABITS)).toBeNull();
  expect(commandOfKey(press({ key: 'ArrowLeft', altKey: true }, input), HABITS)).toBeNull();
  expect(commandOfKey(press({ key: 'w', ctrlKey: true }, input), HABITS)).toBe('file.closeTab');
  const mac = { ...HABITS, mac: true };
  expect(commandOfKey(press({ key: 'o', metaKey: true }), mac)).toBe('file.open');
  expect(commandOfKey(press({ key: 'Tab', ctrlKey: true }), mac)).toBe('view.nextTab');
  expect(commandOfKey(press({ key: '[', metaKey: true }), mac)).toBe('go.back');
});

it('F183: letters by themselves can be switched off', () => {
  const off = { ...HABITS, letterKeys: false };
  expect(commandOfKey(press({ key: '?', shiftKey: true }), off)).toBeNull();
  expect(commandOfKey(press({ key: 'F1' }), off)).toBe('view.palette');
});
