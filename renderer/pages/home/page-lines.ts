// The one line of each page on the home page: its figures, so that home already answers where to look. Pure.

import type { HomeFigures, ProfileName } from '../../../contract/answers';
import { formatCount, formatDurationText, formatShare } from '../../base/format';

/** A sentence without its full stop, and the one figure that stands at the right. */
export interface PageLine {
  readonly line: string;
  readonly figure: string;
}

const plural = (n: number, one: string, more = `${one}s`): string => `${formatCount(n)} ${n === 1 ? one : more}`;

const PROFILE_PAGES: Readonly<Record<string, { readonly profile: ProfileName; readonly noun: string }>> = {
  network: { profile: 'net', noun: 'wait' },
  sync: { profile: 'sync', noun: 'wait' },
  syscall: { profile: 'syscall', noun: 'blocking call' },
  sched: { profile: 'sched', noun: 'wait' },
  cpu: { profile: 'cpu', noun: 'sample' },
};

function profileLine(page: string, f: HomeFigures): PageLine {
  const { profile, noun } = PROFILE_PAGES[page]!;
  const { count, delayNanos, stillCount } = f.profiles[profile];
  if (count === 0 && stillCount === 0) return { line: `no ${noun} in this trace`, figure: '' };
  const still = stillCount > 0 ? `; ${formatCount(stillCount)} never ended` : '';
  return { line: `${plural(count, noun)}${still}`, figure: count > 0 ? formatDurationText(delayNanos) : '' };
}

function tasksLine(f: HomeFigures): PageLine {
  if (f.taskCount === 0) return { line: 'no user-defined task in this trace', figure: '' };
  const open = f.taskCount - f.completeTaskCount;
  const types = plural(f.taskTypeCount, 'type');
  return {
    line: `${types}${open > 0 ? `; ${formatCount(open)} not complete` : '; all complete'}`,
    figure: plural(f.taskCount, 'task'),
  };
}

function regionsLine(f: HomeFigures): PageLine {
  if (f.regionCount === 0) return { line: 'no user-defined region in this trace', figure: '' };
  return {
    line: plural(f.regionTypeCount, 'name and place', 'names and places'),
    figure: plural(f.regionCount, 'region'),
  };
}

function mmuLine(f: HomeFigures): PageLine {
  return f.mmu10ms === null
    ? { line: 'no processor time in this trace', figure: '' }
    : { line: 'least share of the processors that the program had in any 10 ms', figure: formatShare(f.mmu10ms) };
}

function gcLine(f: HomeFigures): PageLine {
  const stops =
    f.stwCount > 0
      ? `; ${plural(f.stwCount, 'stop')} of the world, the longest ${formatDurationText(f.longestStwNanos)}`
      : '';
  return f.gcCycleCount === 0
    ? { line: `the collector did not run${stops}`, figure: '' }
    : { line: `marking ${formatDurationText(f.gcMarkNanos)}${stops}`, figure: plural(f.gcCycleCount, 'cycle') };
}

/** Null for pages that have no figures here. */
export function pageLine(page: string, f: HomeFigures): PageLine | null {
  if (page in PROFILE_PAGES) return profileLine(page, f);
  switch (page) {
    case 'goroutines':
      return { line: plural(f.functionCount, 'start function'), figure: plural(f.goroutineCount, 'goroutine') };
    case 'tasks':
      return tasksLine(f);
    case 'regions':
      return regionsLine(f);
    case 'mmu':
      return mmuLine(f);
    case 'gc':
      return gcLine(f);
    case 'events':
      return { line: 'every event, searchable', figure: plural(f.eventCount, 'event') };
    default:
      return null;
  }
}
