// What the home page says, from what is known of a trace. Pure.
import type { IndexProgress, TraceInfo } from '../../../contract/trace-api';
import {
  formatBytesBinary,
  formatBytesDecimal,
  formatCount,
  formatDurationText,
  formatShare,
  formatWallClock,
} from '../../base/format';

/** With its full stop, whoever wrote it. */
const asSentence = (text: string): string => text.trim().replace(/[^.!?]$/, '$&.');

const plural = (n: number, one: string, more = `${one}s`): string => `${formatCount(n)} ${n === 1 ? one : more}`;

export interface IndexingText {
  readonly share: number;
  readonly bytes: string;
  readonly rest: string;
}

/** A remaining time is said only after this long: before, it would be a guess. */
const LEAST_ELAPSED_MS = 1500;

/** How far reading is. Units: `elapsedMs` since it began. */
export function indexingText(p: IndexProgress, elapsedMs: number): IndexingText {
  const share = p.totalBytes > 0 ? Math.min(1, p.doneBytes / p.totalBytes) : 0;
  const parts = [`generation ${formatCount(p.generation)} of ${formatCount(p.generationCount)}`];
  if (elapsedMs >= LEAST_ELAPSED_MS && share > 0.01) {
    parts.push(`${formatBytesDecimal((p.doneBytes / elapsedMs) * 1000)}/s`);
    parts.push(`about ${Math.max(1, Math.round((elapsedMs * (1 - share)) / share / 1000))} s left`);
  }
  return {
    share,
    bytes: `${formatBytesDecimal(p.doneBytes)} of ${formatBytesDecimal(p.totalBytes)}`,
    rest: parts.join(' · '),
  };
}

/** The facts in their order. Figures that still grow carry ≥. */
export function facts(info: TraceInfo): { name: string; value: string }[] {
  const least = info.status === 'done' ? '' : '≥ ';
  const maxprocs = info.gomaxprocs === null ? '' : ` (GOMAXPROCS ${info.gomaxprocs})`;
  const read = info.damage
    ? `, ${formatBytesDecimal(info.damage.lostBytes)} not readable`
    : info.status === 'done'
      ? ', all read'
      : '';
  return [
    { name: 'Go version', value: info.goVersion },
    { name: 'Format', value: `${info.format} (${info.header})` },
    { name: 'Started', value: formatWallClock(info.startedAt) },
    ...(least ? [{ name: 'Read', value: formatDurationText(info.indexedToNanos) }] : []),
    { name: 'Duration', value: (least && 'about ') + formatDurationText(info.durationNanos) },
    { name: 'Events', value: least + formatCount(info.eventCount) },
    { name: 'Generations', value: formatCount(info.generationCount) },
    { name: 'Goroutines', value: least + formatCount(info.goroutineCount) },
    { name: 'Processors', value: `${formatCount(info.procs.length)}${maxprocs}` },
    { name: 'Threads', value: least + formatCount(info.threadCount) },
    { name: 'Size', value: `${formatCountFull(info.sizeBytes)} bytes${read}` },
  ];
}

/** The highest figures of the trace, and how often the collector worked. */
export function peaks(info: TraceInfo): { name: string; value: string }[] {
  const { running, runnable, heapBytes } = info.maxima;
  return [
    { name: 'Running', value: plural(running, 'goroutine') },
    { name: 'Runnable', value: plural(runnable, 'goroutine') },
    { name: 'Heap', value: heapBytes === null ? 'not in this trace' : formatBytesBinary(heapBytes) },
    { name: 'GC cycles', value: formatCount(info.gcCycleCount) },
    { name: 'STW', value: plural(info.stwCount, 'pause') },
  ];
}

const formatCountFull = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** The one line of View trace: where to look. */
export function viewTraceLine(info: TraceInfo): string {
  const least = info.status === 'done' ? '' : '≥ ';
  const parts = [
    ...(least
      ? [`0 – ${formatDurationText(info.indexedToNanos)} of about ${formatDurationText(info.durationNanos)}`]
      : []),
    least +
      plural(info.procs.length, 'processor') +
      (info.procUse === null ? '' : `, ${formatShare(info.procUse)} in use`),
    `up to ${plural(info.maxima.runnable, 'goroutine')} runnable`,
  ];
  return parts.join('; ');
}

/** What was lost of a damaged trace, and what was kept. */
export function damageText(info: TraceInfo): { title: string; detail: string } | null {
  const { damage } = info;
  if (!damage) return null;
  const kept = formatDurationText(damage.lostFromNanos ?? info.durationNanos);
  return {
    title: `${formatBytesDecimal(damage.lostBytes)} of this trace could not be read.`,
    detail: `${asSentence(damage.message)} Lost: ${formatCountFull(damage.lostBytes)} bytes from byte ${formatCountFull(info.sizeBytes - damage.lostBytes)} on (${damage.code} at byte ${formatCountFull(damage.offsetBytes)}). What you see is 0 – ${kept}, whole.`,
  };
}

/** Several traces in one file: what is said, and the others with the place that opens each. */
export function sectionsText(info: TraceInfo): { text: string; others: { section: number; label: string }[] } | null {
  if (info.sections.length < 2) return null;
  const others = info.sections.flatMap((s, i) =>
    i + 1 === info.section
      ? []
      : [{ section: i + 1, label: `Open part ${i + 1} (${s.header}, ${formatBytesDecimal(s.sizeBytes)})` }],
  );
  const text = `This file holds ${plural(info.sections.length, 'trace')}, one after another; this is part ${info.section}.`;
  return { text, others };
}

export interface KindRow {
  readonly kind: string;
  readonly count: number;
  /** Of all events, 0..1, and as text. */
  readonly share: number;
  readonly percent: string;
}

/** Kinds of events from most to least. */
export function kindRows(info: TraceInfo): readonly KindRow[] {
  const all = Math.max(1, info.eventCount);
  return Object.entries(info.kinds)
    .map(([kind, count]) => ({ kind, count, share: count / all }))
    .map((row) => ({ ...row, percent: row.share < 0.0001 ? `< ${formatShare(0.0001)}` : formatShare(row.share) }))
    .sort((a, b) => b.count - a.count || a.kind.localeCompare(b.kind));
}
