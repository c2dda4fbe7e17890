// Keys and toolbar → what the timeline does. The table of keys is in keys.ts; this is its other half.

import { onBeforeUnmount, onMounted } from 'vue';
import type { Nanos } from '../../contract/units';
import { lengthOf, wholeTrace } from '../base/time-scale';
import { commandOfKey, isCommandId, type CommandId } from './keys';
import type { SelectionMoves } from './use-selection';
import { PAN_STEP, panRate, ZOOM_STEP, zoomRate, type Timeline } from './use-timeline';

export interface CommandInput {
  readonly timeline: Timeline;
  readonly selection: SelectionMoves;
  /** The element whose keys the arrow keys belong to. */
  readonly root: () => HTMLElement | null;
  readonly toggleDetails: () => void;
  readonly showShortcuts: () => void;
}

const FIELDS = 'input, textarea, select, [contenteditable="true"]';

export function useCommands({
  timeline,
  selection,
  root,
  toggleDetails,
  showShortcuts,
}: CommandInput): (id: CommandId) => void {
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
  const pan = (direction: 1 | -1): void => timeline.pan(direction * PAN_STEP * lengthOf(timeline.view.value), true);
  const goToEdge = (end: boolean): void => {
    const w = timeline.view.value;
    const from = end ? store.durationNanos - lengthOf(w) : 0;
    timeline.goTo({ fromNanos: from, toNanos: from + lengthOf(w) }, true);
  };

  const run: Readonly<Record<CommandId, () => void>> = {
    'timeline.zoomIn': () => timeline.zoom(ZOOM_STEP, anchor(), true),
    'timeline.zoomOut': () => timeline.zoom(1 / ZOOM_STEP, anchor(), true),
    'timeline.panLeft': () => pan(-1),
    'timeline.panRight': () => pan(1),
    'timeline.goStart': () => goToEdge(false),
    'timeline.goEnd': () => goToEdge(true),
    'timeline.fitSelection': () => {
      const range = selection.range();
      if (range) timeline.fit(range, true);
    },
    'timeline.wholeTrace': () => timeline.goTo(wholeTrace(limits()), true),
    'timeline.previousSpan': () => void selection.step(-1),
    'timeline.nextSpan': () => void selection.step(1),
    'timeline.rowAbove': () => void selection.stepRow(-1),
    'timeline.rowBelow': () => void selection.stepRow(1),
    'timeline.clear': () => selection.select(null),
    'timeline.mark': () => selection.toggleMark(),
    'timeline.toggleBands': () => {
      timeline.bands.value = !timeline.bands.value;
    },
    'timeline.toggleDetails': toggleDetails,
    'timeline.shortcuts': showShortcuts,
  };

  const rates: Partial<Record<CommandId, () => Parameters<Timeline['hold']>[0]>> = {
    'timeline.zoomIn': () => zoomRate(1, anchor, limits),
    'timeline.zoomOut': () => zoomRate(-1, anchor, limits),
    'timeline.panLeft': () => panRate(-1, limits),
    'timeline.panRight': () => panRate(1, limits),
  };

  function isInTimeline(): boolean {
    const active = document.activeElement;
    return !active || active === document.body || root()?.contains(active) === true;
  }

  function onKeyDown(e: KeyboardEvent): void {
    if (e.defaultPrevented || document.querySelector('dialog[open]')) return;
    if (e.target instanceof Element && e.target.matches(FIELDS)) return;
    const c = commandOfKey(e);
    // The dialog is the window's: it lists the window's keys too.
    if (!c || c.id === 'timeline.shortcuts' || (c.onlyInTimeline && !isInTimeline())) return;
    e.preventDefault();
    if (e.repeat && c.holds) return;
    run[c.id]();
    const rate = c.holds && rates[c.id];
    if (!rate) return;
    heldCode = e.code;
    timeline.hold(rate());
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
      run[id]();
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

  return (id) => run[id]();
}
