import { expect, it } from 'vitest';
import { SPAN_STATES } from '../../contract/blocks/tile';
import { readPalette, stateCss } from './palette';

it('follows tokens that stand for others and gives each state its colour and ink', () => {
  const tokens: Record<string, string> = {
    '--hue-14': ' #3a94ba',
    '--tl-selection': 'var(--accent)',
    '--accent': '#3c41d4',
    '--st-stw': '#890e00',
    '--st-stw-ink': '#ffffff',
  };
  const p = readPalette((n) => tokens[n] ?? '', true);
  expect([p.heap, p.selection, p.dark]).toEqual(['#3a94ba', '#3c41d4', true]);
  expect(p.states).toHaveLength(SPAN_STATES.length);
  expect(p.states[SPAN_STATES.indexOf('stw')]).toBe('#890e00');
  expect(p.stateInks[SPAN_STATES.indexOf('stw')]).toBe('#ffffff');
  expect(stateCss('gc-mark')).toBe('var(--st-mark)');
});
