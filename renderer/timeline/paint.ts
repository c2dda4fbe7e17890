// What a user may choose about colours: by state, by goroutine or by function, and what is highlighted. Pure.

import { HUE_COUNT } from '../base/palette';
import type { ColourBy } from '../trace/view-mode';

/** What stays in full colour while the rest is paler: a goroutine, or all with a start function. */
export type Emphasis =
  | { readonly kind: 'goroutine'; readonly id: number; readonly name: string }
  | { readonly kind: 'function'; readonly name: string };

export interface Paint {
  readonly colourBy: ColourBy;
  readonly emphasis: Emphasis | null;
  /** States that the legend switched off: drawn paler. Bit s: state s. */
  readonly mutedStates: number;
}

export const PLAIN: Paint = { colourBy: 'state', emphasis: null, mutedStates: 0 };

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
