// What a user may choose about colours: by state, by goroutine or by function, and what is highlighted. Pure.

import { stateIx, type SpanState } from '../../contract/blocks/tile';
import { HUE_COUNT } from '../base/palette';
import { familyIx, familyOf, type WaitFamily } from '../base/wait-family';
import type { ColourBy } from '../trace/view-mode';
import type { Marking } from './tile-hits';

/** What stays in full colour while the rest is paler: a goroutine, or all with a start function. */
export type Emphasis =
  | { readonly kind: 'goroutine'; readonly id: number; readonly name: string }
  | { readonly kind: 'function'; readonly name: string };

export interface Paint {
  readonly colourBy: ColourBy;
  readonly emphasis: Emphasis | null;
  /** Hits of a search, or what of the highlighted is merged; null: nothing is looked for. */
  readonly marking?: Marking | null;
  /** What the legend switched off: drawn paler. Bits of `bitOfState` and `bitOfFamily`. */
  readonly muted: number;
}

export const PLAIN: Paint = { colourBy: 'state', emphasis: null, muted: 0 };

const WAITING = stateIx('waiting');
/** Above all states. */
const FIRST_FAMILY_BIT = 16;
export const bitOfState = (s: SpanState): number => 1 << stateIx(s);
export const bitOfFamily = (f: WaitFamily): number => 1 << (FIRST_FAMILY_BIT + familyIx(f));

/** Whether the legend made a stretch paler. `reason`: of a wait; empty where it is not known. */
export const isMuted = (muted: number, state: number, reason: string): boolean =>
  muted !== 0 && (muted & (state === WAITING ? bitOfFamily(familyOf(reason)) : 1 << state)) !== 0;

/** The hue of a goroutine: always the same, neighbours far from each other. */
export const hueOfGoroutine = (id: number): number => (((id * 7) % HUE_COUNT) + HUE_COUNT) % HUE_COUNT;

const hues = new Map<string, number>();

/** The hue of a function: from its name alone, so that it is the same in each trace. */
export function hueOfFunction(name: string): number {
  let h = hues.get(name);
  if (h === undefined) {
    let sum = 2166136261;
    for (let i = 0; i < name.length; i++) sum = Math.imul(sum ^ name.charCodeAt(i), 16777619) >>> 0;
    h = sum % HUE_COUNT;
    if (hues.size < 5000) hues.set(name, h);
  }
  return h;
}

/** `G27 main.churn` → `main.churn`: the start function in a label of a span that runs. */
export function functionOfLabel(label: string): string {
  const space = label.indexOf(' ');
  return space > 0 && label.startsWith('G') ? label.slice(space + 1) : '';
}

/** The hue of a span that runs; null: its state's colour. */
export function hueOf(colourBy: ColourBy, goroutine: number, name: string): number | null {
  if (colourBy === 'goroutine') return goroutine >= 0 ? hueOfGoroutine(goroutine) : null;
  if (colourBy === 'function') return name ? hueOfFunction(name) : null;
  return null;
}

/** Whether a span is of what is highlighted; true when nothing is. */
export function isMeant(e: Emphasis | null, goroutine: number, name: string): boolean {
  if (!e) return true;
  return e.kind === 'goroutine' ? e.id === goroutine : e.name === name;
}
