// Words for what is selected: the live region's sentence, the details panel's state, names of states.

import type { SpanState } from '../../contract/blocks/tile';
import type { Area, Causes, Connections } from '../../contract/rows';
import type { SpanDetails } from '../../contract/trace-api';
import {
  isRowTrack,
  kindIxOfRowTrack,
  laneOfRowTrack,
  laneOfTrack,
  procOfTrack,
  TRACK_GC,
  TRACK_STW,
  type TrackId,
} from '../../contract/units';
import { formatBytesBinary, formatCount, formatDurationText, formatNanosFull } from '../base/format';
import type { Selection } from '../trace/trace-store';
import type { RowsBy } from '../trace/view-mode';
import type { SpanContext } from './use-context';

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

interface LegendState {
  readonly state: SpanState;
  readonly name: string;
}
/** States in the legend of each kind of rows, in the order in which they are met most; families of waits are not among them. */
export const LEGENDS: Readonly<Record<RowsBy, readonly LegendState[]>> = {
  processors: [
    { state: 'running', name: 'running' },
    { state: 'gc-worker', name: 'GC mark worker' },
    { state: 'assist', name: 'mark assist' },
    { state: 'sweep', name: 'sweep' },
    { state: 'stw', name: 'STW' },
    { state: 'syscall', name: 'syscall' },
    { state: 'other', name: 'other runtime' },
  ],
  threads: [
    { state: 'running', name: 'running' },
    { state: 'syscall', name: 'syscall' },
  ],
  goroutines: [
    { state: 'running', name: 'running' },
    { state: 'gc-worker', name: 'GC mark worker' },
    { state: 'runnable', name: 'runnable' },
    { state: 'syscall', name: 'syscall' },
    { state: 'syscall-blocked', name: 'syscall without P' },
    { state: 'assist', name: 'mark assist' },
  ],
  tasks: [],
};

/** How a chain of causes ends. */
export const CHAIN_ENDS: Readonly<Record<Causes['stop'], string>> = {
  unknown: 'Go names nobody who ended this one.',
  ran: 'Whoever ended this one had not waited itself: it ran.',
  limit: 'The chain goes on; it is told for eight steps.',
};

const WAKEUP_NAMES = ['Network', 'Timers', 'Syscalls'];
const WAKEUPS_KIND = 3;

/** Name of a row: `P 3`, `P 3, inside`, `GC cycles`, `STW`, `G12`, `G12, regions`. */
export function trackName(track: TrackId, row = ''): string {
  if (track === TRACK_GC) return 'GC cycles';
  if (track === TRACK_STW) return 'STW';
  if (!isRowTrack(track))
    return laneOfTrack(track) === 0 ? `P ${procOfTrack(track)}` : `P ${procOfTrack(track)}, inside`;
  if (kindIxOfRowTrack(track) === WAKEUPS_KIND) return WAKEUP_NAMES[(track >>> 4) & 3] ?? 'wake-ups';
  const name = row
    .replace(/\.\d+$/, '')
    .replace(/^M/, 'M ')
    .replace(/^T/, 'task ');
  return laneOfRowTrack(track) === 0 ? name : `${name}, nested`;
}

/** The same for a line of the picture. */
export const rowText = (r: { readonly track: TrackId; readonly row: string }): string => trackName(r.track, r.row);

/** `running, then preempted`; a span without a known end says that. */
export function stateSentence(d: SpanDetails): string {
  const state = d.reason ? `${STATE_NAMES[d.state]}: ${d.reason}` : STATE_NAMES[d.state];
  if (d.openAtEnd) return `${state}, until the trace ends`;
  // What ended a wait is told by its flow.
  if (d.reason || d.state === 'runnable') return state;
  return d.endReason && d.endReason !== state ? `${state}, then ${d.endReason}` : state;
}

/** Whether the goroutine ran between its last wake-up and this: nobody woke it for this span, it was let go on. */
export const hasRunSince = (c: Connections): boolean =>
  c.incoming !== null && c.incoming.startNanos !== null && c.incoming.startNanos < c.startNanos;

/** `stops: preempted` → `stopped: preempted`, of the words in which the engine tells events. */
export function pastOf(text: string): string {
  const past = {
    stops: 'stopped',
    enters: 'entered',
    returns: 'returned',
    ends: 'ended',
    begins: 'began',
    runs: 'ran',
  };
  const [first = ''] = text.split(/[ :]/, 1);
  return (past[first as keyof typeof past] ?? first) + text.slice(first.length);
}

/** Who made it run, in a sentence; empty where nothing is known. */
export function causeSentence(c: SpanContext): string {
  const f = c.connections?.incoming;
  if (!f) return '';
  if (c.connections && hasRunSince(c.connections)) return ' It had run since it was last woken.';
  if (f.fromGoroutine === null) return ` Made runnable ${f.reason ? `from ${f.reason} ` : ''}by the runtime.`;
  const by = `G${f.fromGoroutine} ${f.fromName}`;
  return f.kind === 'create' ? ` Made by ${by}.` : ` Woken${f.reason ? ` from ${f.reason}` : ''} by ${by}.`;
}

/** What a screen reader hears when the selection changes. */
export function selectionSentence(
  s: Selection | null,
  context: SpanContext | null = null,
  area: Area | null = null,
): string {
  if (!s) return 'Nothing is selected.';
  if (s.kind === 'sample') {
    const v = s.values;
    const heap = v.heap.allocatedBytes === null ? 'heap not known' : `heap ${formatBytesBinary(v.heap.allocatedBytes)}`;
    return `At ${formatDurationText(v.atNanos)}: ${v.goroutines.running} running, ${v.goroutines.runnable} runnable, ${heap}, ${v.threads.inSyscall} in syscall.`;
  }
  if (s.kind === 'area') {
    const most = area?.byState[0];
    const holds = most ? ` Most time: ${STATE_NAMES[most.state]}, ${formatDurationText(most.nanos)}.` : '';
    const { fromNanos, toNanos, rowsText } = s.area;
    return `Area of ${formatDurationText(toNanos - fromNanos)} from ${formatDurationText(fromNanos)}, ${rowsText}.${holds}`;
  }
  const d = s.details;
  const range = `starts at ${formatDurationText(d.startNanos)}, lasts ${formatDurationText(d.endNanos - d.startNanos)}`;
  const on = trackName(d.track, s.row);
  if (d.kind === 'merged')
    return `${formatCount(d.spanCount)} spans merged on ${on}, ${range}, busy ${formatDurationText(d.busyNanos)}.`;
  return `${d.title} on ${on}, ${stateSentence(d)}, ${range}.${context ? causeSentence(context) : ''}`;
}
