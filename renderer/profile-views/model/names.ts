// How functions are written and coloured in pictures of profiles. Pure.

import { shortFunction } from '../../base/format';

/** The package of a function: `net/http.(*conn).serve` → `net/http`; empty where the name tells none. */
export function packageOf(name: string): string {
  const head = name.search(/[([]/);
  const path = head < 0 ? name : name.slice(0, head);
  const dot = path.indexOf('.', path.lastIndexOf('/') + 1);
  return dot < 0 ? '' : path.slice(0, dot);
}

/** The hues of the palette (styles/tokens.css). */
export const HUE_COUNT = 24;

/** A stable hue for a package: the same in every profile and on every machine. */
export function hueOf(name: string): number {
  let hash = 0;
  for (const c of packageOf(name)) hash = (Math.imul(hash, 31) + c.codePointAt(0)!) >>> 0;
  return (hash * 7) % HUE_COUNT;
}

/** Type arguments are long and say little in a box: `slices.SortFunc[...]`. */
export const withoutTypeArguments = (name: string): string => name.replace(/\[(?:[^[\]]|\[[^\]]*\])*\]/g, '[…]');

/** A name in the lines of a box, as pprof breaks it: package, receiver, method, `func1`. */
export function nameLines(name: string): readonly string[] {
  if (name.startsWith('(')) return [name];
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  const text = withoutTypeArguments(shortFunction(name));
  for (const c of text) {
    if (c === '(' || c === '[') depth++;
    if (c === ')' || c === ']') depth--;
    if (c === '.' && depth === 0 && line !== '' && line !== '…') {
      lines.push(line);
      line = '';
    } else line += c;
  }
  if (line) lines.push(line);
  return lines;
}

/** Steps of the heat colours, from cold to hot. */
export const HEAT_STEPS = 8;

/** The heat of a share of the whole: small shares are told apart as well (pprof shifts them by a power of 0.3). */
export const heatOf = (share: number): number =>
  Math.min(HEAT_STEPS - 1, Math.floor(Math.max(0, Math.min(1, share)) ** 0.3 * HEAT_STEPS));
