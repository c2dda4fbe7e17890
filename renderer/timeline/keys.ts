// The one table of the timeline's keys: what a key does, what the command is called, and how both are written. The key
// handler, the toolbar's tooltips, the dialog Keyboard shortcuts and the palette all read it.

export const COMMANDS = [
  'timeline.zoomIn',
  'timeline.zoomOut',
  'timeline.panLeft',
  'timeline.panRight',
  'timeline.goStart',
  'timeline.goEnd',
  'timeline.fitSelection',
  'timeline.wholeTrace',
  'timeline.previousSpan',
  'timeline.nextSpan',
  'timeline.rowAbove',
  'timeline.rowBelow',
  'timeline.clear',
  'timeline.mark',
  'timeline.toggleBands',
  'timeline.toggleDetails',
  'timeline.shortcuts',
] as const;
export type CommandId = (typeof COMMANDS)[number];

/** Which key event means a command: by its place on the keyboard (`code`) or by what it writes (`key`). */
interface KeyMatch {
  readonly code?: string;
  readonly key?: string;
}

export interface KeyCommand extends KeyMatch {
  readonly id: CommandId;
  /** Name of the command: on its button and in the palette. */
  readonly name: string;
  /** As KeyCaps writes it. */
  readonly caps: string;
  /** Goes on while the key is down. */
  readonly holds?: boolean;
  /** Only when the timeline has the focus, or nothing has: elsewhere these keys scroll and move. */
  readonly onlyInTimeline?: boolean;
}

/** One line of the dialog: one command or a pair that belongs together. */
export interface KeyLine {
  readonly what: string;
  readonly commands: readonly KeyCommand[];
}

export interface KeyGroup {
  readonly title: string;
  readonly lines: readonly KeyLine[];
}

export const KEY_GROUPS: readonly KeyGroup[] = [
  {
    title: 'Move',
    lines: [
      {
        what: 'Zoom in, out at the pointer',
        commands: [
          { id: 'timeline.zoomIn', name: 'Zoom in', caps: 'W', code: 'KeyW', holds: true },
          { id: 'timeline.zoomOut', name: 'Zoom out', caps: 'S', code: 'KeyS', holds: true },
        ],
      },
      {
        what: 'Pan left, right',
        commands: [
          { id: 'timeline.panLeft', name: 'Pan left', caps: 'A', code: 'KeyA', holds: true },
          { id: 'timeline.panRight', name: 'Pan right', caps: 'D', code: 'KeyD', holds: true },
        ],
      },
      {
        what: 'Start, end of the trace',
        commands: [
          { id: 'timeline.goStart', name: 'Start of the trace', caps: 'Home', key: 'Home', onlyInTimeline: true },
          { id: 'timeline.goEnd', name: 'End of the trace', caps: 'End', key: 'End', onlyInTimeline: true },
        ],
      },
      {
        what: 'Fit the selection',
        commands: [{ id: 'timeline.fitSelection', name: 'Fit the selection', caps: 'F', key: 'f' }],
      },
      { what: 'Whole trace', commands: [{ id: 'timeline.wholeTrace', name: 'Whole trace', caps: '0', key: '0' }] },
    ],
  },
  {
    title: 'Select',
    lines: [
      {
        what: 'Previous, next span on the row',
        commands: [
          { id: 'timeline.previousSpan', name: 'Previous span', caps: 'Left', key: 'ArrowLeft', onlyInTimeline: true },
          { id: 'timeline.nextSpan', name: 'Next span', caps: 'Right', key: 'ArrowRight', onlyInTimeline: true },
        ],
      },
      {
        what: 'Row above, below',
        commands: [
          { id: 'timeline.rowAbove', name: 'Row above', caps: 'Up', key: 'ArrowUp', onlyInTimeline: true },
          { id: 'timeline.rowBelow', name: 'Row below', caps: 'Down', key: 'ArrowDown', onlyInTimeline: true },
        ],
      },
      { what: 'Mark or unmark the selection', commands: [{ id: 'timeline.mark', name: 'Mark', caps: 'M', key: 'm' }] },
      { what: 'Deselect', commands: [{ id: 'timeline.clear', name: 'Deselect', caps: 'Esc', key: 'Escape' }] },
    ],
  },
  {
    title: 'Show',
    lines: [
      {
        what: 'GC and STW bands',
        commands: [{ id: 'timeline.toggleBands', name: 'GC and STW bands', caps: 'O', key: 'o' }],
      },
      {
        what: 'Details panel',
        commands: [{ id: 'timeline.toggleDetails', name: 'Details panel', caps: 'Q', key: 'q' }],
      },
      {
        what: 'This dialog',
        commands: [{ id: 'timeline.shortcuts', name: 'Keyboard shortcuts', caps: '?', key: '?' }],
      },
    ],
  },
];

/** What the mouse does: shown in the dialog, below the keys. */
export const MOUSE_LINES: readonly { readonly what: string; readonly caps: string }[] = [
  { what: 'Zoom at the pointer', caps: 'Ctrl+wheel' },
  { what: 'Pan', caps: 'Shift+wheel / drag' },
  { what: 'Scroll the rows', caps: 'wheel' },
  { what: 'Zoom into a range', caps: 'drag on the ruler' },
  { what: 'Fit a span', caps: 'double-click' },
];

export const KEY_COMMANDS: readonly KeyCommand[] = KEY_GROUPS.flatMap((g) => g.lines.flatMap((l) => l.commands));

const byId = new Map(KEY_COMMANDS.map((c) => [c.id, c]));
export const keyCommand = (id: CommandId): KeyCommand => byId.get(id)!;

export const isCommandId = (id: string): id is CommandId => byId.has(id as CommandId);

type KeyPress = Pick<KeyboardEvent, 'code' | 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** The command of a key press; null for none and for keys with Ctrl, Alt or Meta, which belong to the window. */
export function commandOfKey(e: KeyPress): KeyCommand | null {
  if (e.ctrlKey || e.metaKey || e.altKey) return null;
  return (
    KEY_COMMANDS.find((c) => (c.code ? c.code === e.code : c.key === e.key || c.key === e.key.toLowerCase())) ?? null
  );
}
