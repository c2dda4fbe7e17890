// The little square before a state's name: solid on a processor, hatched while waiting, as in the timeline and its legend.

import type { SpanState } from '../../contract/blocks/tile';
import { stateCss } from '../base/palette';
import { familyOf } from '../base/wait-family';

const PARTS: Partial<Readonly<Record<SpanState, string>>> = {
  running: 'running',
  runnable: 'runnable',
  'gc-worker': 'mark',
  'gc-mark': 'mark',
  syscall: 'syscall',
  'syscall-blocked': 'wait-sys',
  assist: 'assist',
  sweep: 'sweep',
  stw: 'stw',
  other: 'other-work',
};

export interface Swatch {
  readonly class?: string;
  readonly style?: { readonly background: string };
}

/** To be bound to an element: a class of styles/parts.css, or the colour of a state that has none. `reason`: of a wait. */
export function swatchOf(state: SpanState, reason = ''): Swatch {
  const part = state === 'waiting' ? `wait-${familyOf(reason)}` : PARTS[state];
  return part === undefined ? { style: { background: stateCss(state) } } : { class: `part-${part}` };
}
