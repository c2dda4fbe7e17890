// Labels that fall back: `G27 main.churn  10.66 ms` → `G27 main.churn` → `G27 ma…` → nothing.

import type { Px } from '../../../contract/units';

export type Measure = (text: string) => Px;

const isDigit = (text: string): boolean => text.charCodeAt(0) >= 48 && text.charCodeAt(0) <= 57;

/**
 * A measure that remembers: the same labels come back in each frame. Forget it when the font changes. Figures do not come
 * back, since a count changes with each step of the window: they are as wide as their letters.
 */
export function cachedMeasure(measure: Measure, capacity = 4000): Measure {
  const widths = new Map<string, Px>();
  const known = (text: string): Px => {
    let w = widths.get(text);
    if (w === undefined) {
      if (widths.size >= capacity) widths.clear();
      widths.set(text, (w = measure(text)));
    }
    return w;
  };
  return (text) => {
    if (!isDigit(text)) return known(text);
    let sum = 0;
    for (let i = 0; i < text.length; i++) sum += known(text.charAt(i));
    return sum;
  };
}

/** The longest form of a label that fits: name and figure, name, cut name, or empty. At least three letters stay of a cut name. */
export function fitLabel(name: string, figure: string, roomPx: Px, measure: Measure): string {
  if (figure) {
    const whole = `${name}  ${figure}`;
    if (measure(whole) <= roomPx) return whole;
  }
  const width = measure(name);
  if (width <= roomPx) return name;
  // `STW  GC sweep termination`: the first part says enough.
  const part = name.indexOf('  ');
  if (part > 0) return fitLabel(name.slice(0, part), '', roomPx, measure);
  const dots = measure('…');
  // A first guess by the mean width of a letter; then down letter by letter, as measured.
  let n = Math.min(name.length - 1, Math.ceil(((roomPx - dots) / width) * name.length) + 1);
  for (; n >= 3; n--) {
    const cut = `${name.slice(0, n).trimEnd()}…`;
    if (measure(cut) <= roomPx) return cut;
  }
  return '';
}

/** The label of a span as the timeline writes it: Go's long words are shortened, the details panel has them whole. */
export function shortLabel(label: string): string {
  const stw = /^stop-the-world \((.*)\)$/.exec(label);
  return stw?.[1] ? `STW  ${stw[1]}` : label;
}
