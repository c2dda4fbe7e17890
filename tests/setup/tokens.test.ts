// The colours are measured: contrast as WCAG 2 counts it, for every pair in use; distance between states as people with
// each kind of colour blindness see it (Machado 2009, severity 1; OKLab × 100).
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(path.resolve(__dirname, '../../renderer/styles/tokens.css'), 'utf8');

type Rgb = readonly [number, number, number];
type Tokens = ReadonlyMap<string, string>;

const blockOf = (selector: string): Tokens => {
  const at = css.indexOf(`${selector} {`);
  expect(at, selector).toBeGreaterThanOrEqual(0);
  const text = css.slice(at, css.indexOf('\n}', at));
  return new Map([...text.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((m) => [m[1]!, m[2]!]));
};

const THEMES = ['light', 'dark'] as const;
const SETS = ['standard', 'colour-blind'] as const;

function tokensOf(theme: (typeof THEMES)[number], set: (typeof SETS)[number]): (name: string) => string {
  const usual = blockOf(`:root[data-theme='${theme}']`);
  const own = set === 'standard' ? usual : blockOf(`:root[data-theme='${theme}'][data-colours='colour-blind']`);
  return function value(name): string {
    const text = own.get(name) ?? usual.get(name) ?? '';
    const other = /^var\(--([\w-]+)\)/.exec(text)?.[1];
    return other ? value(other) : text;
  };
}

function linear(hex: string): Rgb {
  expect(hex).toMatch(/^#[0-9a-f]{6}/);
  const channel = (i: number): number => {
    const v = parseInt(hex.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}
const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(linear(a)), luminance(linear(b))];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const VISIONS: Readonly<Record<string, readonly [Rgb, Rgb, Rgb]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
function seenLab(hex: string, vision: string): Rgb {
  const c = linear(hex);
  const [r, g, b] = VISIONS[vision]!.map((row) =>
    Math.min(1, Math.max(0, row[0] * c[0] + row[1] * c[1] + row[2] * c[2])),
  ) as unknown as Rgb;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}
function leastDistance(colours: readonly string[]): number {
  let least = Infinity;
  for (const vision of Object.keys(VISIONS)) {
    const labs = colours.map((c) => seenLab(c, vision));
    labs.forEach((a, i) =>
      labs.slice(i + 1).forEach((b) => {
        least = Math.min(least, 100 * Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]));
      }),
    );
  }
  return least;
}

const STATES = ['running', 'runnable', 'syscall', 'mark', 'assist', 'sweep', 'stw', 'other'];
const WAITS = ['net', 'sync', 'select', 'sleep', 'sys', 'gc'];
const SURFACES = ['bg', 'surface', 'surface-2', 'surface-3', 'raised', 'selected'];
const ROWS = ['surface', 'surface-2'];

const TEXT: (readonly [string, readonly string[]])[] = [
  ...['ink', 'ink-2', 'ink-3', 'accent'].map((t) => [t, SURFACES] as const),
  ['on-accent', ['accent', 'accent-hover']],
  ...['danger', 'warn', 'ok', 'info'].map((t) => [t, ['surface', 'surface-2', 'raised', `${t}-soft`]] as const),
  ['ink', ['danger-soft', 'warn-soft', 'ok-soft', 'info-soft', 'accent-soft', 'tl-gc-band', 'tl-stw-band']],
  ['ink', WAITS.map((w) => `wait-${w}-fill`)],
  ...STATES.map((s) => [`st-${s}-ink`, [`st-${s}`]] as const),
];
const GRAPHICS: (readonly [string, readonly string[]])[] = [
  ...STATES.map((s) => [`st-${s}`, ROWS] as const),
  ...WAITS.map((w) => [`wait-${w}`, [...ROWS, `wait-${w}-fill`]] as const),
  ...['focus', 'line-strong'].map((t) => [t, [...ROWS, 'raised']] as const),
  ...['tl-selection', 'tl-flow', 'tl-crosshair', 'tl-mark', 'tl-sample', 'tl-log'].map((t) => [t, ROWS] as const),
];

describe.each(THEMES)('%s', (theme) => {
  test.each(SETS)('F185: text has 4.5 : 1 and graphics 3 : 1 on all they stand on, colours %s', (set) => {
    const value = tokensOf(theme, set);
    const low = (pairs: typeof TEXT, least: number): string[] =>
      pairs.flatMap(([front, backs]) =>
        backs
          .map((back) => [back, contrast(value(front), value(back))] as const)
          .filter(([, c]) => c < least)
          .map(([back, c]) => `${front} on ${back}: ${c.toFixed(2)}`),
      );
    expect(low(TEXT, 4.5)).toEqual([]);
    expect(low(GRAPHICS, 3)).toEqual([]);
  });

  test('F185: states are told apart by every eye; the safe colours keep further apart', () => {
    const least = (set: (typeof SETS)[number], names: string[]): number => {
      const value = tokensOf(theme, set);
      return leastDistance(names.map(value));
    };
    for (const names of [STATES.map((s) => `st-${s}`), WAITS.map((w) => `wait-${w}`)]) {
      expect(least('standard', names)).toBeGreaterThanOrEqual(8);
      expect(least('colour-blind', names)).toBeGreaterThanOrEqual(11.5);
      expect(least('colour-blind', names)).toBeGreaterThan(least('standard', names) + 2);
    }
  });
});
