import { expect, it } from 'vitest';
import { SPAN_STATES, stateIx } from '../../contract/blocks/tile';
import { WAIT_FAMILIES } from '../base/wait-family';
import {
  bitOfFamily,
  bitOfState,
  functionOfLabel,
  hueOf,
  hueOfFunction,
  hueOfGoroutine,
  isMeant,
  isMuted,
} from './paint';

it('gives each goroutine its own stable hue, neighbours different ones', () => {
  expect([0, 1, 2, 24].map(hueOfGoroutine)).toEqual([0, 7, 14, 0]);
  for (let id = 1; id < 100; id++) expect(hueOfGoroutine(id)).not.toBe(hueOfGoroutine(id + 1));
});

it('gives a function the same hue always', () => {
  expect(hueOfFunction('main.main')).toBe(hueOfFunction('main.main'));
  expect(new Set(['a.b', 'main.main', 'runtime.bgsweep', 'net/http.f'].map(hueOfFunction)).size).toBeGreaterThan(2);
});

it('takes the function out of a label', () => {
  expect(functionOfLabel('G27 main.churn')).toBe('main.churn');
  expect(functionOfLabel('syscall')).toBe('');
});

it('colours what runs by what was chosen, and knows what is meant', () => {
  expect(hueOf('state', 3, 'f')).toBeNull();
  expect(hueOf('goroutine', 3, 'f')).toBe(21);
  expect(hueOf('goroutine', -1, 'f')).toBeNull();
  expect(hueOf('function', -1, 'f')).toBe(hueOfFunction('f'));
  expect(isMeant(null, 1, 'f')).toBe(true);
  expect(isMeant({ kind: 'goroutine', id: 2, name: 'f' }, 1, 'f')).toBe(false);
  expect(isMeant({ kind: 'function', name: 'f' }, 1, 'f')).toBe(true);
});

it('F70: states and families of waits are made paler one by one', () => {
  const bits = [...SPAN_STATES.map(bitOfState), ...WAIT_FAMILIES.map(bitOfFamily)];
  expect(new Set(bits).size).toBe(bits.length);
  expect(isMuted(bitOfState('sweep'), stateIx('sweep'), '')).toBe(true);
  expect(isMuted(bitOfState('sweep'), stateIx('running'), '')).toBe(false);
  const waits = (reason: string): boolean => isMuted(bitOfFamily('net'), stateIx('waiting'), reason);
  expect([waits('network'), waits('chan receive'), waits('')]).toEqual([true, false, false]);
});
