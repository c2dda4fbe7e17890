// The selection as text for the clipboard: what the details panel says, a field a line.

import type { Area, Causes, EventLine, FlowWithStack } from '../../contract/rows';
import { formatCount, formatDurationText, formatNanosFull } from '../base/format';
import type { Selection } from '../trace/trace-store';
import { stackText } from '../widgets/stack';
import { CHAIN_ENDS, STATE_NAMES, stateSentence, trackName } from './describe';
import type { SpanContext } from './use-context';

const time = (nanos: number): string => `${formatDurationText(nanos)} (${formatNanosFull(nanos)})`;

function flowText(f: FlowWithStack, incoming: boolean): string {
  const other = incoming
    ? f.fromGoroutine === null
      ? 'the runtime'
      : `G${f.fromGoroutine} ${f.fromName}`
    : `G${f.toGoroutine} ${f.toName}`;
  const what = f.kind === 'create' ? (incoming ? 'made by' : 'made') : incoming ? 'woken by' : 'woke';
  return `${what} ${other} at ${time(f.atNanos)}${f.reason ? `, ${f.reason}` : ''}\n${stackText(f.stack)}`;
}

/** Steps as the panel tells them: how long, who ended it, where, and each one's share of the wait. */
export function chainText(causes: Causes): string {
  const total = causes.steps.reduce((sum, s) => sum + s.shareNanos, 0);
  const steps = causes.steps.map((s) => {
    const what = s.state === 'created' ? 'was made' : STATE_NAMES[s.state] + (s.reason ? `: ${s.reason}` : '');
    const long = s.state === 'created' ? '' : ` for ${time(s.endNanos - s.startNanos)}`;
    const by =
      s.byGoroutine === null ? '' : `, ${s.state === 'created' ? 'by' : 'ended by'} G${s.byGoroutine} ${s.byName}`;
    return `  G${s.goroutine} ${s.name} ${what}${long}${by} at ${time(s.endNanos)}; share ${time(s.shareNanos)}`;
  });
  return [...steps, `  ${time(total)} in all. ${CHAIN_ENDS[causes.stop]}`].join('\n');
}

const eventText = (e: EventLine): string => `  ${time(e.atNanos)}  ${e.text}`;

function areaText(a: Area): string {
  const parts = (
    title: string,
    list: readonly { readonly name: string; readonly nanos: number; readonly count: number }[],
  ) =>
    list.length === 0
      ? []
      : [title, ...list.map((p) => `  ${p.name}\t${formatNanosFull(p.nanos)}\t${formatCount(p.count)}`)];
  return [
    ...parts(
      'By state',
      a.byState.map((p) => ({ ...p, name: STATE_NAMES[p.state] })),
    ),
    ...parts('By goroutine', a.byGoroutine),
    ...parts('By function', a.byFunction),
    ...parts('By reason', a.byReason),
  ].join('\n');
}

/** Shapes: lines of `name: value`, stacks in Go's own form. Empty when nothing is selected. */
export function selectionText(s: Selection | null, c: SpanContext, area: Area | null): string {
  if (!s) return '';
  if (s.kind === 'sample') {
    const v = s.values;
    return [
      `Start: ${time(v.atNanos)}`,
      `Goroutines: ${v.goroutines.waitingGc} GC waiting, ${v.goroutines.runnable} runnable, ${v.goroutines.running} running`,
      `Heap: ${v.heap.allocatedBytes ?? 'not known'} bytes allocated, next GC ${v.heap.goalBytes ?? 'not known'}`,
      `Threads: ${v.threads.inSyscall} in syscall, ${v.threads.running} running`,
    ].join('\n');
  }
  if (s.kind === 'area') {
    const { fromNanos, toNanos, rowsText } = s.area;
    return `Area: ${time(fromNanos)} – ${time(toNanos)}, ${time(toNanos - fromNanos)}\nRows: ${rowsText}\n${area ? areaText(area) : ''}`;
  }
  const d = s.details;
  const head = [
    `Row: ${trackName(d.track, s.row)}`,
    `Start: ${time(d.startNanos)}`,
    `Wall Duration: ${time(d.endNanos - d.startNanos)}`,
  ];
  if (d.kind === 'merged')
    return [`${formatCount(d.spanCount)} spans merged`, ...head, `Busy: ${time(d.busyNanos)}`].join('\n');
  const { connections } = c;
  const stack = (title: string, frames: typeof d.startStack): string[] =>
    frames.length > 0 ? [`${title}:\n${stackText(frames)}`] : [];
  return [
    d.title,
    ...head,
    `State: ${stateSentence(d)}`,
    `Self time: ${time(d.selfNanos)}`,
    ...stack('Start Stack Trace', d.startStack),
    ...stack('End Stack Trace', d.endStack),
    ...(connections?.incoming ? [`Incoming flow: ${flowText(connections.incoming, true)}`] : []),
    ...(connections?.outgoing ?? []).map((f) => `Outgoing flow: ${flowText(f, false)}`),
    ...(c.causes && c.causes.steps.length > 0 ? ['Why was I waiting:', chainText(c.causes)] : []),
    ...(connections ? ['Preceding events:', ...connections.preceding.map(eventText)] : []),
    ...(connections ? ['Following events:', ...connections.following.map(eventText)] : []),
  ].join('\n');
}
