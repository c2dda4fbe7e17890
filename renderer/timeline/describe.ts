// Words for what is selected: the live region's sentence, the details panel's state, names of states.

import type { SpanState } from '../../contract/blocks/tile';
import type { SpanDetails } from '../../contract/trace-api';
import { laneOfTrack, procOfTrack, TRACK_GC, TRACK_STW, type TrackId } from '../../contract/units';
import { formatBytesBinary, formatCount, formatDurationText, formatNanosFull } from '../base/format';
import type { Selection } from '../trace/trace-store';

export const STATE_NAMES: Readonly<Record<SpanState, string>> = {
  idle: 'idle',
  running: 'running',
  'gc-worker': 'GC mark worker',
  syscall: 'syscall',
  assist: 'mark assist',
  sweep: 'sweep',
  stw: 'stop-the-world',
  'gc-mark': 'concurrent mark',
  other: 'other runtime work',
  runnable: 'runnable',
  waiting: 'waiting',
  'syscall-blocked': 'syscall, without a processor',
  region: 'region',
  task: 'task',
  log: 'log',
  sample: 'CPU sample',
};

/** `20 mark assists`, `1 syscall`. */
export function countOfState(count: number, s: SpanState): string {
  const plural = s === 'assist' || s === 'sweep' || s === 'syscall' || s === 'gc-worker';
  return `${formatCount(count)} ${STATE_NAMES[s]}${count !== 1 && plural ? 's' : ''}`;
}

/** A time in full beside its short form; empty where the short form says as much. */
export const fullBeside = (nanos: number): string => (nanos < 1000 ? '' : formatNanosFull(nanos));

/** States in the legend, in the order in which they are met most. */
export const LEGEND: readonly { readonly state: SpanState; readonly name: string }[] = [
  { state: 'running', name: 'running' },
  { state: 'gc-worker', name: 'GC mark worker' },
  { state: 'assist', name: 'mark assist' },
  { state: 'sweep', name: 'sweep' },
  { state: 'stw', name: 'STW' },
  { state: 'syscall', name: 'syscall' },
  { state: 'other', name: 'other runtime' },
];

/** Name of a row: `P 3`, `P 3, inside`, `GC cycles`, `STW`. */
export function trackName(track: TrackId): string {
  if (track === TRACK_GC) return 'GC cycles';
  if (track === TRACK_STW) return 'STW';
  return laneOfTrack(track) === 0 ? `P ${procOfTrack(track)}` : `P ${procOfTrack(track)}, inside`;
}

/** `running, then preempted`; a span without a known end says that. */
export function stateSentence(d: SpanDetails): string {
  const state = STATE_NAMES[d.state];
  if (d.openAtEnd) return `${state}, until the trace ends`;
  return d.endReason && d.endReason !== state ? `${state}, then ${d.endReason}` : state;
}

/** What a screen reader hears when the selection changes. */
export function selectionSentence(s: Selection | null): string {
  if (!s) return 'Nothing is selected.';
  if (s.kind === 'sample') {
    const v = s.values;
    const heap = v.heap.allocatedBytes === null ? 'heap not known' : `heap ${formatBytesBinary(v.heap.allocatedBytes)}`;
    return `At ${formatDurationText(v.atNanos)}: ${v.goroutines.running} running, ${v.goroutines.runnable} runnable, ${heap}, ${v.threads.inSyscall} in syscall.`;
  }
  const d = s.details;
  const range = `starts at ${formatDurationText(d.startNanos)}, lasts ${formatDurationText(d.endNanos - d.startNanos)}`;
  if (d.kind === 'merged')
    return `${formatCount(d.spanCount)} spans merged on ${trackName(d.track)}, ${range}, busy ${formatDurationText(d.busyNanos)}.`;
  return `${d.title} on ${trackName(d.track)}, ${stateSentence(d)}, ${range}.`;
}
