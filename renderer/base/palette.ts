// The CSS tokens as plain values, for code that draws on a canvas and must not ask the style engine in a frame.
// Read once per theme; a change of theme makes a new object, so that caches can compare by identity.

import { SPAN_STATES, type SpanState } from '../../contract/blocks/tile';

const COLOURS = {
  bg: '--bg',
  surface: '--surface',
  surface2: '--surface-2',
  surface3: '--surface-3',
  raised: '--raised',
  selected: '--selected',
  ink: '--ink',
  ink2: '--ink-2',
  ink3: '--ink-3',
  line: '--line',
  lineSoft: '--line-soft',
  lineStrong: '--line-strong',
  accent: '--accent',
  onAccent: '--on-accent',
  warn: '--warn',
  idle: '--st-idle',
  runnable: '--st-runnable',
  row: '--tl-row',
  rowAlt: '--tl-row-alt',
  grid: '--tl-grid',
  mergedEdge: '--tl-merged-edge',
  selection: '--tl-selection',
  crosshair: '--tl-crosshair',
  mark: '--tl-mark',
  flow: '--tl-flow',
  sample: '--tl-sample',
  log: '--tl-log',
  unknown: '--st-unknown',
  hueInk: '--hue-ink',
  stwBand: '--tl-stw-band',
  gcBand: '--tl-gc-band',
  heap: '--hue-14',
  running: '--st-running',
  gcWorker: '--st-mark',
  syscall: '--st-syscall',
  waitingGc: '--wait-gc',
} as const;

/** Token of each state of a span; `idle` is a line, never a fill. */
const STATE_TOKENS: Readonly<Record<SpanState, string>> = {
  idle: '--st-idle',
  running: '--st-running',
  'gc-worker': '--st-mark',
  syscall: '--st-syscall',
  assist: '--st-assist',
  sweep: '--st-sweep',
  stw: '--st-stw',
  'gc-mark': '--st-mark',
  other: '--st-other',
  runnable: '--st-runnable',
  waiting: '--wait-other',
  'syscall-blocked': '--wait-sys',
  region: '--hue-14',
  task: '--hue-14',
  log: '--ink',
  sample: '--ink',
};

/** The CSS colour of a state, for elements of the page. */
export const stateCss = (s: SpanState): string => `var(${STATE_TOKENS[s]})`;

export type Palette = Readonly<Record<keyof typeof COLOURS, string>> & {
  readonly dark: boolean;
  /** By number of the state (order of SPAN_STATES). */
  readonly states: readonly string[];
  readonly stateInks: readonly string[];
  /** By family of waits (order of WAIT_TOKENS): lines and hatch, and the pale ground under them. */
  readonly waitInks: readonly string[];
  readonly waitFills: readonly string[];
  /** Of goroutines and functions; of tasks and regions. */
  readonly hues: readonly string[];
  readonly tasks: readonly string[];
  readonly fontUi: string;
};

/** Number of hues for goroutines and functions. */
export const HUE_COUNT = 24;
export const TASK_COLOUR_COUNT = 8;
/** Families of waits in the order of the tables of the timeline (timeline/wait-family.ts). */
const WAIT_TOKENS = ['sync', 'net', 'select', 'sleep', 'sys', 'gc', 'other'] as const;

/**
 * The palette from a reader of tokens. Tokens that stand for another (`var(--hue-14)`) are followed.
 * Shapes: colours as CSS text; `states` and `stateInks` in the order of SPAN_STATES.
 */
export function readPalette(token: (name: string) => string, dark: boolean): Palette {
  const value = (name: string): string => {
    const text = token(name).trim();
    const other = /^var\((--[\w-]+)\)$/.exec(text)?.[1];
    return other ? value(other) : text;
  };
  const colours = Object.fromEntries(Object.entries(COLOURS).map(([k, name]) => [k, value(name)])) as Record<
    keyof typeof COLOURS,
    string
  >;
  return {
    ...colours,
    dark,
    states: SPAN_STATES.map((s) => value(STATE_TOKENS[s])),
    stateInks: SPAN_STATES.map((s) =>
      value(STATE_TOKENS[s].startsWith('--st-') && s !== 'idle' ? `${STATE_TOKENS[s]}-ink` : '--ink'),
    ),
    waitInks: WAIT_TOKENS.map((f) => value(`--wait-${f}`)),
    waitFills: WAIT_TOKENS.map((f) => value(`--wait-${f}-fill`)),
    hues: Array.from({ length: HUE_COUNT }, (_, i) => value(`--hue-${i}`)),
    tasks: Array.from({ length: TASK_COLOUR_COUNT }, (_, i) => value(`--task-${i + 1}`)),
    fontUi: value('--font-ui'),
  };
}

let current: Palette | null = null;
const listeners = new Set<(p: Palette) => void>();

function readFromPage(): Palette {
  const root = document.documentElement;
  const style = getComputedStyle(root);
  return readPalette((name) => style.getPropertyValue(name), root.dataset['theme'] === 'dark');
}

/** The palette of the theme that is on. */
export const currentPalette = (): Palette => (current ??= readFromPage());

/** Calls back after each change of theme or colour set (the attributes on the root, or the system's forced colours). Returns the end of it. */
export function watchPalette(onChange: (p: Palette) => void): () => void {
  listeners.add(onChange);
  if (listeners.size === 1) startWatching();
  return () => listeners.delete(onChange);
}

let watching = false;
function startWatching(): void {
  if (watching) return;
  watching = true;
  const renew = (): void => {
    current = readFromPage();
    for (const f of listeners) f(current);
  };
  new MutationObserver(renew).observe(document.documentElement, {
    attributes: true,
    attributeFilter: ['data-theme', 'data-colours'],
  });
  window.matchMedia('(forced-colors: active)').addEventListener('change', renew);
}
