// Keys and toolbar → what the timeline does. The table of keys is in keys.ts; this is its other half.

import { onBeforeUnmount, onMounted } from 'vue';
import type { Nanos } from '../../contract/units';
import { lengthOf, wholeTrace } from '../base/time-scale';
import { togglePinned, type ViewMode } from '../trace/view-mode';
import { usePreferences } from '../base/preferences';
import { keyPreset } from './key-preset';
import { commandOfKey, isCommandId, type CommandId, type KeyCommand } from './keys';
import type { AreaMoves } from './use-area';
import type { PointerMoves } from './use-pointer';
import type { SelectionMoves } from './use-selection';
import { PAN_STEP, panRate, ZOOM_STEP, zoomRate, type Timeline } from './use-timeline';

/** What the page round the timeline does. */
export const PAGE_COMMANDS = [
  'timeline.goTo',
  'timeline.note',
  'timeline.listMarks',
  'timeline.curves',
  'timeline.find',
  'timeline.nextHit',
  'timeline.previousHit',
  'timeline.table',
  'timeline.copyLink',
  'timeline.savePng',
  'timeline.saveSvg',
  'timeline.toggleDetails',
  'timeline.shortcuts',
] as const satisfies readonly CommandId[];
export type PageCommand = (typeof PAGE_COMMANDS)[number];

export interface CommandInput {
  readonly timeline: Timeline;
  readonly selection: SelectionMoves;
  readonly area: AreaMoves;
  readonly pointer: PointerMoves;
  /** The element whose keys the arrow keys belong to. */
  readonly root: () => HTMLElement | null;
  /** Names of all groups of the list, to close them. */
  readonly groupNames: () => readonly string[];
  readonly toggleHighlight: () => void;
  /** The selection as text. */
  readonly copySelection: () => void;
  readonly onPage: (id: PageCommand) => void;
}

const FIELDS = 'input, textarea, select, [contenteditable="true"]';
/** With Shift a held key moves so many times as fast. */
const FASTER = 3;

export function useCommands(o: CommandInput): (id: CommandId) => void {
  const { timeline, selection, area, pointer, root, onPage } = o;
  const { store } = timeline;
  let heldCode: string | null = null;

  /** Zoom by key goes to the pointer; without one to the selection when it is in view, else to the middle. */
  function anchor(): Nanos {
    const w = timeline.view.value;
    if (store.cursorNanos !== null) return store.cursorNanos;
    const range = selection.range();
    const middle = range ? (range.fromNanos + range.toNanos) / 2 : null;
    return middle !== null && middle >= w.fromNanos && middle <= w.toNanos ? middle : (w.fromNanos + w.toNanos) / 2;
  }
  const limits = () => timeline.limits.value;
  const pan = (direction: 1 | -1, times: number): void =>
    timeline.pan(direction * PAN_STEP * times * lengthOf(timeline.view.value), true);
  const goToEdge = (end: boolean): void => {
    const w = timeline.view.value;
    const from = end ? store.durationNanos - lengthOf(w) : 0;
    timeline.goTo({ fromNanos: from, toNanos: from + lengthOf(w) }, true);
  };
  const mode = (change: Partial<ViewMode>): void => store.setMode({ ...store.mode, ...change });
  /** Other rows stand elsewhere: the list begins at its top. */
  const rowsBy = (by: ViewMode['rowsBy']): void => {
    if (store.mode.rowsBy === by) return;
    if (store.selection?.kind === 'area') store.setSelection(null);
    mode({ rowsBy: by });
    store.setScrollTop(0);
  };
  const pinRow = (): void => {
    const row = selection.row()?.replace(/\.\d+$/, '');
    if (row && /^[PGMT]\d+$/.test(row)) store.setMode(togglePinned(store.mode, row));
  };
  const toPage = (id: PageCommand) => (): void => onPage(id);

  const run: Readonly<Record<CommandId, (times: number) => void>> = {
    'timeline.zoomIn': (n) => timeline.zoom(ZOOM_STEP ** n, anchor(), true),
    'timeline.zoomOut': (n) => timeline.zoom(ZOOM_STEP ** -n, anchor(), true),
    'timeline.panLeft': (n) => pan(-1, n),
    'timeline.panRight': (n) => pan(1, n),
    'timeline.goStart': () => goToEdge(false),
    'timeline.goEnd': () => goToEdge(true),
    'timeline.fitSelection': () => {
      const range = selection.range();
      if (range) timeline.fit(range, true);
    },
    'timeline.wholeTrace': () => timeline.goTo(wholeTrace(limits()), true),
    'timeline.undoMove': () => timeline.undo(),
    'timeline.redoMove': () => timeline.redo(),
    'timeline.previousSpan': () => void selection.step(-1),
    'timeline.nextSpan': () => void selection.step(1),
    'timeline.rowAbove': () => void selection.stepRow(-1),
    'timeline.rowBelow': () => void selection.stepRow(1),
    'timeline.previousOfGoroutine': () => void selection.stepGoroutine(-1, false),
    'timeline.nextOfGoroutine': () => void selection.stepGoroutine(1, false),
    'timeline.followBack': () => void selection.stepGoroutine(-1, true),
    'timeline.followOn': () => void selection.stepGoroutine(1, true),
    'timeline.toCause': () => void selection.toCause(),
    'timeline.toEffect': () => void selection.toEffect(),
    'timeline.clear': () => selection.select(null),
    'timeline.areaOfSelection': () => void area.ofSelection(),
    'timeline.areaOfView': () => void area.ofView(),
    'timeline.areaShorter': () => void area.grow(-1),
    'timeline.areaLonger': () => void area.grow(1),
    'timeline.areaFewerRows': () => void area.growRows(-1),
    'timeline.areaMoreRows': () => void area.growRows(1),
    'timeline.scopeToSelection': () => store.setScopeWindow(selection.range() ?? store.placedWindow),
    'timeline.mark': () => selection.toggleMark(),
    'timeline.highlight': o.toggleHighlight,
    'timeline.rowsByProcs': () => rowsBy('processors'),
    'timeline.rowsByThreads': () => rowsBy('threads'),
    'timeline.rowsByGoroutines': () => rowsBy('goroutines'),
    'timeline.rowsByTasks': () => rowsBy('tasks'),
    'timeline.pinRow': pinRow,
    'timeline.collapseGroups': () => mode({ closed: o.groupNames() }),
    'timeline.expandGroups': () => mode({ closed: [] }),
    'timeline.colourByState': () => mode({ colourBy: 'state' }),
    'timeline.colourByGoroutine': () => mode({ colourBy: 'goroutine' }),
    'timeline.colourByFunction': () => mode({ colourBy: 'function' }),
    'timeline.toggleFlows': () => mode({ flows: !store.mode.flows }),
    'timeline.toggleBands': () => mode({ bands: !store.mode.bands }),
    'timeline.toggleClock': () => mode({ clock: !store.mode.clock }),
    'timeline.toggleTooltips': () => {
      pointer.tooltipsOn.value = !pointer.tooltipsOn.value;
    },
    'timeline.copySelection': o.copySelection,
    'timeline.dragPans': () => {
      pointer.dragMode.value = 'pan';
    },
    'timeline.dragSelects': () => {
      pointer.dragMode.value = 'area';
    },
    'timeline.dragMeasures': () => {
      pointer.dragMode.value = 'measure';
    },
    'timeline.goTo': toPage('timeline.goTo'),
    'timeline.note': toPage('timeline.note'),
    'timeline.listMarks': toPage('timeline.listMarks'),
    'timeline.curves': toPage('timeline.curves'),
    'timeline.find': toPage('timeline.find'),
    'timeline.nextHit': toPage('timeline.nextHit'),
    'timeline.previousHit': toPage('timeline.previousHit'),
    'timeline.table': toPage('timeline.table'),
    'timeline.copyLink': toPage('timeline.copyLink'),
    'timeline.savePng': toPage('timeline.savePng'),
    'timeline.saveSvg': toPage('timeline.saveSvg'),
    'timeline.toggleDetails': toPage('timeline.toggleDetails'),
    'timeline.shortcuts': toPage('timeline.shortcuts'),
  };

  const rates: Partial<Record<CommandId, (times: number) => Parameters<Timeline['hold']>[0]>> = {
    'timeline.zoomIn': (n) => zoomRate(1, anchor, limits, n),
    'timeline.zoomOut': (n) => zoomRate(-1, anchor, limits, n),
    'timeline.panLeft': (n) => panRate(-1, limits, n),
    'timeline.panRight': (n) => panRate(1, limits, n),
  };

  function isInTimeline(): boolean {
    const active = document.activeElement;
    const here = root();
    // The page or the panel around it has the focus when nothing in it was chosen yet.
    return !active || (here !== null && (active.contains(here) || here.contains(active)));
  }

  /** Ctrl+C with a marked text copies that text, as everywhere. */
  const copiesText = (c: KeyCommand): boolean =>
    c.id === 'timeline.copySelection' && (document.getSelection()?.toString() ?? '') !== '';

  function onKeyDown(e: KeyboardEvent): void {
    if (e.defaultPrevented || document.querySelector('dialog[open]')) return;
    if (e.target instanceof Element && e.target.matches(FIELDS)) return;
    // Letters, digits and signs by themselves can be switched off in the settings.
    if (!usePreferences().value.letterKeys && e.key.length === 1 && !e.ctrlKey && !e.metaKey) return;
    const c = commandOfKey(e, keyPreset.value);
    // The dialog is the window's: it lists the window's keys too.
    if (!c || c.id === 'timeline.shortcuts' || (c.onlyInTimeline && !isInTimeline()) || copiesText(c)) return;
    e.preventDefault();
    if (e.repeat && c.holds) return;
    const times = c.holds && e.shiftKey ? FASTER : 1;
    run[c.id](times);
    const rate = c.holds && rates[c.id];
    if (!rate) return;
    heldCode = e.code;
    timeline.hold(rate(times));
  }

  function endHold(): void {
    heldCode = null;
    timeline.hold(null);
  }
  const onKeyUp = (e: KeyboardEvent): void => {
    if (e.code === heldCode) endHold();
  };

  onMounted(() => {
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('keyup', onKeyUp);
    window.addEventListener('blur', endHold);
    store.setCommandHandler((id) => {
      if (!isCommandId(id)) return false;
      run[id](1);
      return true;
    });
  });
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', onKeyDown);
    window.removeEventListener('keyup', onKeyUp);
    window.removeEventListener('blur', endHold);
    endHold();
    store.setCommandHandler(null);
  });

  return (id) => run[id](1);
}
