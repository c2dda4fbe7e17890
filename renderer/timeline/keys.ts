// The one table of the timeline's commands and keys: what a command is called, which keys mean it in each preset, and how
// both are written. The key handler, the toolbar's tooltips, the dialog Keyboard shortcuts and the palette all read it.

import { KEY_PRESETS, type KeyPreset } from '../../contract/commands';

export { KEY_PRESETS, PRESET_NAMES, type KeyPreset } from '../../contract/commands';

export const COMMANDS = [
  'timeline.zoomIn',
  'timeline.zoomOut',
  'timeline.panLeft',
  'timeline.panRight',
  'timeline.goStart',
  'timeline.goEnd',
  'timeline.fitSelection',
  'timeline.wholeTrace',
  'timeline.undoMove',
  'timeline.redoMove',
  'timeline.goTo',
  'timeline.previousSpan',
  'timeline.nextSpan',
  'timeline.rowAbove',
  'timeline.rowBelow',
  'timeline.previousOfGoroutine',
  'timeline.nextOfGoroutine',
  'timeline.followBack',
  'timeline.followOn',
  'timeline.toCause',
  'timeline.toEffect',
  'timeline.clear',
  'timeline.areaOfSelection',
  'timeline.areaOfView',
  'timeline.areaShorter',
  'timeline.areaLonger',
  'timeline.areaFewerRows',
  'timeline.areaMoreRows',
  'timeline.scopeToSelection',
  'timeline.mark',
  'timeline.note',
  'timeline.listMarks',
  'timeline.find',
  'timeline.nextHit',
  'timeline.previousHit',
  'timeline.highlight',
  'timeline.rowsByProcs',
  'timeline.rowsByThreads',
  'timeline.rowsByGoroutines',
  'timeline.rowsByTasks',
  'timeline.pinRow',
  'timeline.collapseGroups',
  'timeline.expandGroups',
  'timeline.colourByState',
  'timeline.colourByGoroutine',
  'timeline.colourByFunction',
  'timeline.toggleFlows',
  'timeline.toggleBands',
  'timeline.toggleClock',
  'timeline.toggleTooltips',
  'timeline.toggleDetails',
  'timeline.curves',
  'timeline.table',
  'timeline.copySelection',
  'timeline.copyLink',
  'timeline.savePng',
  'timeline.saveSvg',
  'timeline.dragPans',
  'timeline.dragSelects',
  'timeline.dragMeasures',
  'timeline.shortcuts',
] as const;
export type CommandId = (typeof COMMANDS)[number];

export interface KeyCommand {
  readonly id: CommandId;
  /** Name of the command: on its button and in the palette. */
  readonly name: string;
  /** As KeyCaps writes it, alternatives split by ` / `; empty when no key means it. */
  readonly caps: string;
  /** Goes on while the key is down; with Shift three times as fast. */
  readonly holds?: boolean;
  /** Meant by its place on the keyboard, not by what it writes: W, A, S, D stand together on every layout. */
  readonly byPlace?: boolean;
  /** Only when the timeline has the focus, or nothing has: elsewhere these keys scroll, move or copy. */
  readonly onlyInTimeline?: boolean;
}

/** One line of the dialog: one command or a few that belong together. */
export interface KeyLine {
  readonly what: string;
  readonly commands: readonly KeyCommand[];
}

export interface KeyGroup {
  readonly title: string;
  readonly lines: readonly KeyLine[];
}

const one = (id: CommandId, name: string, caps = '', rest: Partial<KeyCommand> = {}): KeyCommand => ({
  id: id,
  name,
  caps,
  ...rest,
});
const HOLD = { holds: true, byPlace: true } as const;
const HERE = { onlyInTimeline: true } as const;
/** A line of one command is called what the command is called. */
const line = (c: KeyCommand, what = c.name): KeyLine => ({ what, commands: [c] });

/** The table with the keys of the first preset. */
export const KEY_GROUPS: readonly KeyGroup[] = [
  {
    title: 'Move',
    lines: [
      {
        what: 'Zoom in, out at the pointer',
        commands: [one('timeline.zoomIn', 'Zoom in', 'W', HOLD), one('timeline.zoomOut', 'Zoom out', 'S', HOLD)],
      },
      {
        what: 'Pan left, right (Shift: faster)',
        commands: [one('timeline.panLeft', 'Pan left', 'A', HOLD), one('timeline.panRight', 'Pan right', 'D', HOLD)],
      },
      {
        what: 'Start, end of the trace',
        commands: [
          one('timeline.goStart', 'Start of the trace', 'Home', HERE),
          one('timeline.goEnd', 'End of the trace', 'End', HERE),
        ],
      },
      line(one('timeline.fitSelection', 'Fit the selection', 'F'), 'Fit the selection, again: closer'),
      line(one('timeline.wholeTrace', 'Whole trace', '0 / Z')),
      {
        what: 'Undo, redo a move',
        commands: [
          one('timeline.undoMove', 'Undo the move', 'Ctrl+Z'),
          one('timeline.redoMove', 'Redo the move', 'Ctrl+Y / Ctrl+Shift+Z'),
        ],
      },
      line(one('timeline.goTo', 'Go to…', 'G'), 'Go to a time, goroutine, P or M'),
    ],
  },
  {
    title: 'Select',
    lines: [
      {
        what: 'Previous, next span on the row',
        commands: [
          one('timeline.previousSpan', 'Previous span', 'Left / ,', HERE),
          one('timeline.nextSpan', 'Next span', 'Right / .', HERE),
        ],
      },
      {
        what: 'Row above, below',
        commands: [
          one('timeline.rowAbove', 'Row above', 'Up', HERE),
          one('timeline.rowBelow', 'Row below', 'Down', HERE),
        ],
      },
      {
        what: 'Previous, next event of this goroutine',
        commands: [
          one('timeline.previousOfGoroutine', 'Previous event of this goroutine', '<'),
          one('timeline.nextOfGoroutine', 'Next event of this goroutine', '>'),
        ],
      },
      {
        what: 'Follow the goroutine: where it ran before, next',
        commands: [
          one('timeline.followBack', 'Where it ran before', 'J'),
          one('timeline.followOn', 'Where it runs next', 'L'),
        ],
      },
      {
        what: 'What caused it, what it caused',
        commands: [
          one('timeline.toCause', 'Jump to the cause', '['),
          one('timeline.toEffect', 'Jump to what it woke', ']'),
        ],
      },
      line(one('timeline.clear', 'Deselect', 'Esc')),
    ],
  },
  {
    title: 'Area',
    lines: [
      line(one('timeline.areaOfSelection', 'Area of the selection', 'R')),
      line(one('timeline.areaOfView', 'All in view', 'Ctrl+A', HERE)),
      {
        what: 'Area shorter, longer',
        commands: [
          one('timeline.areaShorter', 'Area shorter', 'Shift+Left', HERE),
          one('timeline.areaLonger', 'Area longer', 'Shift+Right', HERE),
        ],
      },
      {
        what: 'Area of fewer, more rows',
        commands: [
          one('timeline.areaFewerRows', 'Area of fewer rows', 'Shift+Up', HERE),
          one('timeline.areaMoreRows', 'Area of more rows', 'Shift+Down', HERE),
        ],
      },
      line(one('timeline.scopeToSelection', 'Use this time range on all pages', 'Shift+R')),
    ],
  },
  {
    title: 'Marks and notes',
    lines: [
      line(one('timeline.mark', 'Mark', 'M'), 'Mark or unmark the selection or the time'),
      line(one('timeline.note', 'Note…', 'Shift+M')),
      line(one('timeline.listMarks', 'Marks and notes', 'B')),
    ],
  },
  {
    title: 'Find',
    lines: [
      line(one('timeline.find', 'Find…', '/ / Ctrl+F')),
      {
        what: 'Next, previous hit',
        commands: [one('timeline.nextHit', 'Next hit', 'N'), one('timeline.previousHit', 'Previous hit', 'Shift+N')],
      },
      line(one('timeline.highlight', 'Highlight the same', 'H'), 'Highlight all of the goroutine or function'),
    ],
  },
  {
    title: 'Rows',
    lines: [
      line(one('timeline.rowsByProcs', 'Rows by processors', 'Shift+1')),
      line(one('timeline.rowsByThreads', 'Rows by threads', 'Shift+2')),
      line(one('timeline.rowsByGoroutines', 'Rows by goroutines', 'Shift+3')),
      line(one('timeline.rowsByTasks', 'Rows by tasks', 'Shift+4')),
      line(one('timeline.pinRow', 'Pin the row on top', 'P')),
      {
        what: 'Collapse, expand all groups',
        commands: [
          one('timeline.collapseGroups', 'Collapse all groups', '-'),
          one('timeline.expandGroups', 'Expand all groups', 'Plus'),
        ],
      },
    ],
  },
  {
    title: 'Show',
    lines: [
      line(one('timeline.toggleFlows', 'Flow events', 'V')),
      line(one('timeline.toggleBands', 'GC and STW bands', 'O')),
      line(one('timeline.toggleClock', 'Wall clock on the axis', 'K')),
      line(one('timeline.toggleTooltips', 'Tooltips', 'I')),
      line(one('timeline.toggleDetails', 'Details panel', 'Q')),
      line(one('timeline.curves', 'Curves…', 'Y'), 'Choose, move and size the curves'),
      {
        what: 'Colour by state, goroutine, function',
        commands: [
          one('timeline.colourByState', 'Colour by state', 'Ctrl+1'),
          one('timeline.colourByGoroutine', 'Colour by goroutine', 'Ctrl+2'),
          one('timeline.colourByFunction', 'Colour by function', 'Ctrl+3'),
        ],
      },
      line(one('timeline.table', 'Show as table', 'T')),
      line(one('timeline.shortcuts', 'Keyboard shortcuts', '?'), 'This dialog'),
    ],
  },
  {
    title: 'Copy and save',
    lines: [
      line(one('timeline.copySelection', 'Copy the selection', 'Ctrl+C', HERE), 'Copy the selection as text'),
      line(one('timeline.copyLink', 'Copy a link to this place', 'Shift+C')),
      line(one('timeline.savePng', 'Save as PNG…')),
      line(one('timeline.saveSvg', 'Save as SVG…')),
    ],
  },
  {
    title: 'What a drag does',
    lines: [
      line(one('timeline.dragPans', 'Drag pans', '1')),
      line(one('timeline.dragSelects', 'Drag selects an area', '2')),
      line(one('timeline.dragMeasures', 'Drag measures', '3')),
    ],
  },
];

/** Where another tool's habit differs from the table. What is not named here is the same in all. */
export const PRESET_KEYS: Readonly<Record<KeyPreset, Partial<Readonly<Record<CommandId, string>>>>> = {
  tracewell: {},
  gotraceui: {
    'timeline.wholeTrace': 'Ctrl+Home / 0 / Z',
    'timeline.goStart': 'Shift+Home / Home',
    'timeline.goEnd': 'Shift+End / End',
    'timeline.toggleTooltips': 'T',
    'timeline.table': 'Shift+T',
  },
  perfetto: {
    'timeline.previousSpan': ', / Left',
    'timeline.nextSpan': '. / Right',
    'timeline.toCause': 'Ctrl+[ / [',
    'timeline.toEffect': 'Ctrl+] / ]',
    'timeline.pinRow': 'Shift+T',
    'timeline.listMarks': 'B',
  },
};

/** What the mouse does: shown in the dialog, below the keys. */
export const MOUSE_LINES: readonly { readonly what: string; readonly caps: string }[] = [
  { what: 'Zoom at the pointer', caps: 'Ctrl+wheel / pinch' },
  { what: 'Pan', caps: 'Shift+wheel / drag' },
  { what: 'Scroll the rows', caps: 'wheel' },
  { what: 'Select an area', caps: 'Shift+drag' },
  { what: 'Zoom into a range', caps: 'drag on the ruler' },
  { what: 'Fit a span', caps: 'double-click' },
  { what: 'Fit what a link leads to', caps: 'Ctrl+click' },
];

export const KEY_COMMANDS: readonly KeyCommand[] = KEY_GROUPS.flatMap((g) => g.lines.flatMap((l) => l.commands));

const ofPreset = (preset: KeyPreset): readonly KeyCommand[] =>
  KEY_COMMANDS.map((c) => ({ ...c, caps: PRESET_KEYS[preset][c.id] ?? c.caps }));
const tables: ReadonlyMap<KeyPreset, readonly KeyCommand[]> = new Map(KEY_PRESETS.map((p) => [p, ofPreset(p)]));

/** All commands with the keys of a preset. */
export const keyCommands = (preset: KeyPreset): readonly KeyCommand[] => tables.get(preset)!;

const ids: ReadonlySet<string> = new Set(COMMANDS);
export const isCommandId = (id: string): id is CommandId => ids.has(id);
export const keyCommand = (id: CommandId, preset: KeyPreset = 'tracewell'): KeyCommand =>
  keyCommands(preset).find((c) => c.id === id)!;

/** The keys of a command, one by one. N.B. ` / ` splits; a lone `/` is a key. */
export const keysOf = (caps: string): readonly string[] => (caps === '' ? [] : caps.split(' / '));

type KeyPress = Pick<KeyboardEvent, 'code' | 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  Escape: 'Esc',
  '+': 'Plus',
};
const placeOf = (code: string): string | null => /^(?:Key|Digit)(.)$/.exec(code)?.[1] ?? null;

/** A key press as the table writes it: by what it writes, and by its place where that is a letter or a digit. */
function namesOf(e: KeyPress): { readonly written: string; readonly place: string | null } {
  const ctrl = e.ctrlKey || e.metaKey ? 'Ctrl+' : '';
  const shift = e.shiftKey ? 'Shift+' : '';
  // A sign that needs Shift on some keyboards (`<`, `?`) is meant as it stands.
  const isSign = e.key.length === 1 && e.key.toUpperCase() === e.key.toLowerCase();
  const key = NAMES[e.key] ?? (e.key.length === 1 ? e.key.toUpperCase() : e.key);
  const place = placeOf(e.code);
  return {
    written: `${ctrl}${isSign ? '' : shift}${key}`,
    place: place && `${ctrl}${shift}${place}`,
  };
}

/** The command of a key press; null for none and for keys with Alt, which belong to the window. */
export function commandOfKey(e: KeyPress, preset: KeyPreset = 'tracewell'): KeyCommand | null {
  if (e.altKey) return null;
  const { written, place } = namesOf(e);
  const table = keyCommands(preset);
  const plain = placeOf(e.code);
  const held = e.ctrlKey || e.metaKey ? undefined : table.find((c) => c.byPlace && c.caps === plain);
  // Shift makes a held key faster, unless Shift with it means something else.
  if (held && (!e.shiftKey || !table.some((c) => keysOf(c.caps).includes(written)))) return held;
  const means = (name: string): KeyCommand | undefined =>
    table.find((c) => !c.byPlace && keysOf(c.caps).includes(name));
  return means(written) ?? (place !== null && /\d$/.test(place) ? means(place) : undefined) ?? null;
}
