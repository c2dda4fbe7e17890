// The little square before a state's name: solid on a processor, hatched while waiting, as in the timeline and its legend.

import type { SpanState } from '../../contract/blocks/tile';
import { stateCss } from '../base/palette';
import { lookOf } from '../widgets/time-parts';

/** Of what no goroutine is in: the rest looks as wherever time is split. */
const OWN: Partial<Readonly<Record<SpanState, string>>> = {
  'gc-worker': 'mark',
  'gc-mark': 'mark',
  assist: 'assist',
  sweep: 'sweep',
  stw: 'stw',
  other: 'other-work',
};

function partOf(state: SpanState, reason: string): string | undefined {
  switch (state) {
    case 'running':
    case 'runnable':
    case 'waiting':
    case 'syscall':
    case 'syscall-blocked':
      return lookOf(state, reason);
    default:
      return OWN[state];
  }
}

export interface Swatch {
  readonly class?: string;
  readonly style?: { readonly background: string };
}

/** To be bound to an element: a class of styles/parts.css, or the colour of a state that has none. `reason`: of a wait. */
export function swatchOf(state: SpanState, reason = ''): Swatch {
  const part = partOf(state, reason);
  return part === undefined ? { style: { background: stateCss(state) } } : { class: `part-${part}` };
}
