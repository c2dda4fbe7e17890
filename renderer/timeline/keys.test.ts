import { expect, it } from 'vitest';
import {
  COMMANDS,
  commandOfKey,
  KEY_COMMANDS,
  KEY_PRESETS,
  keyCommand,
  keyCommands,
  keysOf,
  type KeyPreset,
} from './keys';

const press = (key: string, code = '', over = {}) => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...over,
});
const shift = { shiftKey: true };
const ctrl = { ctrlKey: true };
const of = (key: string, code = '', over = {}, preset?: KeyPreset): string | undefined =>
  commandOfKey(press(key, code, over), preset)?.id;

it('has one line of the table for each command, with a name', () => {
  expect(KEY_COMMANDS.map((c) => c.id).sort()).toEqual([...COMMANDS].sort());
  for (const id of COMMANDS) expect(keyCommand(id).name).not.toBe('');
});

it.each(KEY_PRESETS)('has no key twice in the preset %s', (preset) => {
  const keys = keyCommands(preset).flatMap((c) => keysOf(c.caps));
  expect(keys.filter((k, i) => keys.indexOf(k) !== i)).toEqual([]);
});

it('F187: reads W A S D by their place on the keyboard and other letters by what they write', () => {
  expect(of('z', 'KeyW')).toBe('timeline.zoomIn');
  expect(of('F', 'KeyF')).toBe('timeline.fitSelection');
  expect(of('z', 'KeyZ')).toBe('timeline.wholeTrace');
  expect(of('?', 'Slash', shift)).toBe('timeline.shortcuts');
  expect(of('ArrowLeft', 'ArrowLeft')).toBe('timeline.previousSpan');
  expect(of('x', 'KeyX')).toBeUndefined();
});

it('tells Shift and Ctrl apart, and digits by their place', () => {
  expect(of('W', 'KeyW', shift)).toBe('timeline.zoomIn');
  expect(of('m', 'KeyM')).toBe('timeline.mark');
  expect(of('M', 'KeyM', shift)).toBe('timeline.note');
  expect(of('N', 'KeyN', shift)).toBe('timeline.previousHit');
  expect(of('/', 'Slash')).toBe('timeline.find');
  expect(of('ArrowRight', 'ArrowRight', shift)).toBe('timeline.areaLonger');
  expect(of('!', 'Digit1', shift)).toBe('timeline.rowsByProcs');
  expect(of('&', 'Digit1')).toBe('timeline.dragPans');
  expect(of('1', 'Digit1', ctrl)).toBe('timeline.colourByState');
  expect(of('<', 'Comma', shift)).toBe('timeline.previousOfGoroutine');
  expect(of('z', 'KeyZ', ctrl)).toBe('timeline.undoMove');
  expect(of('Z', 'KeyZ', { ctrlKey: true, shiftKey: true })).toBe('timeline.redoMove');
  expect(of('+', 'Equal', shift)).toBe('timeline.expandGroups');
});

it('leaves other keys with Ctrl, Alt or Meta to the window', () => {
  expect(of('w', 'KeyW', ctrl)).toBeUndefined();
  expect(of('ArrowLeft', 'ArrowLeft', { altKey: true })).toBeUndefined();
  expect(of('o', 'KeyO', { metaKey: true })).toBeUndefined();
});

it('follows the habits of a preset where they differ', () => {
  expect(of('Home', 'Home', ctrl, 'gotraceui')).toBe('timeline.wholeTrace');
  expect(of('t', 'KeyT', {}, 'gotraceui')).toBe('timeline.toggleTooltips');
  expect(of('T', 'KeyT', shift, 'perfetto')).toBe('timeline.pinRow');
  expect(of('[', 'BracketLeft', ctrl, 'perfetto')).toBe('timeline.toCause');
  expect(of('v', 'KeyV', {}, 'perfetto')).toBe('timeline.toggleFlows');
});
