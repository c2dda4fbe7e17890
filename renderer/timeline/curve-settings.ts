// Which curves STATS shows, in which order and how high: a habit of the user, the same for every trace.

import { shallowRef, type ShallowRef } from 'vue';
import type { Px } from '../../contract/units';
import { CURVE_NAMES, type CurveName } from './layout';
import { CURVE_LOW_PX, CURVE_MAX_PX, CURVE_MIN_PX, CURVE_PX } from './metrics';

export interface CurveSetting {
  readonly name: CurveName;
  readonly shown: boolean;
  /** Null: as high as there is room. */
  readonly heightPx: Px | null;
}

const FIRST_SHOWN: ReadonlySet<CurveName> = new Set(['Goroutines', 'Heap', 'Threads']);
export const FIRST_CURVES: readonly CurveSetting[] = CURVE_NAMES.map((name) => ({
  name,
  shown: FIRST_SHOWN.has(name),
  heightPx: null,
}));

/** The settings of a JSON text; curves that it does not name follow with their first settings. */
export function readCurves(text: string | null): readonly CurveSetting[] {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    return FIRST_CURVES;
  }
  if (!Array.isArray(value)) return FIRST_CURVES;
  const known: CurveSetting[] = [];
  for (const v of value as (Record<string, unknown> | null)[]) {
    const name = CURVE_NAMES.find((n) => n === v?.['name']);
    if (!name || known.some((k) => k.name === name)) continue;
    const height = v?.['heightPx'];
    known.push({
      name,
      shown: v?.['shown'] === true,
      heightPx: typeof height === 'number' ? clampHeight(height) : null,
    });
  }
  return [...known, ...FIRST_CURVES.filter((c) => !known.some((k) => k.name === c.name))];
}

export const clampHeight = (px: Px): Px => Math.round(Math.max(CURVE_MIN_PX, Math.min(CURVE_MAX_PX, px)));

/** Moves a curve one place up or down among all. */
export function moveCurve(list: readonly CurveSetting[], name: CurveName, by: -1 | 1): readonly CurveSetting[] {
  const at = list.findIndex((c) => c.name === name);
  const to = at + by;
  if (at < 0 || to < 0 || to >= list.length) return list;
  const out = [...list];
  [out[at], out[to]] = [out[to]!, out[at]!];
  return out;
}

/** What is drawn: name and height. A low window has smaller curves, and no Threads unless its height was chosen. */
export function curvesShown(
  list: readonly CurveSetting[],
  low: boolean,
): readonly { readonly name: CurveName; readonly heightPx: Px }[] {
  return list
    .filter((c) => c.shown && !(low && c.name === 'Threads' && c.heightPx === null))
    .map((c) => ({ name: c.name, heightPx: c.heightPx ?? (low ? CURVE_LOW_PX : CURVE_PX) }));
}

export interface CurveSettings {
  readonly list: ShallowRef<readonly CurveSetting[]>;
  show(name: CurveName, shown: boolean): void;
  move(name: CurveName, by: -1 | 1): void;
  resize(name: CurveName, heightPx: Px | null): void;
  reset(): void;
}

const KEY = 'timeline-curves';

export function useCurveSettings(): CurveSettings {
  const list = shallowRef(readCurves(localStorage.getItem(KEY)));
  function set(next: readonly CurveSetting[]): void {
    list.value = next;
    if (next === FIRST_CURVES) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(next));
  }
  const change = (name: CurveName, to: Partial<CurveSetting>): void =>
    set(list.value.map((c) => (c.name === name ? { ...c, ...to } : c)));
  return {
    list,
    show: (name, shown) => change(name, { shown }),
    move: (name, by) => set(moveCurve(list.value, name, by)),
    resize: (name, heightPx) => change(name, { heightPx: heightPx === null ? null : clampHeight(heightPx) }),
    reset: () => set(FIRST_CURVES),
  };
}
