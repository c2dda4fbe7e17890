// One line for each page that the home page links to, from figures of the whole trace: where to look. Pure.
import type { HomeFigures } from '../../../contract/answers';
import type { Nanos } from '../../../contract/units';
import { formatCount, formatDurationText, formatShare } from '../../base/format';

export interface HomeLine {
  readonly text: string;
  /** The time that it is about; null: there is none. */
  readonly nanos: Nanos | null;
}

const plural = (n: number, one: string, more = `${one}s`): string => `${formatCount(n)} ${n === 1 ? one : more}`;

function waits(p: HomeFigures['profiles']['net'], one: string, more: string): HomeLine {
  if (p.count === 0 && p.stillCount === 0) return { text: `no ${more}`, nanos: null };
  const still = p.stillCount > 0 ? `; ${formatCount(p.stillCount)} still going on at the end` : '';
  return { text: plural(p.count, one, more) + still, nanos: p.delayNanos };
}

/** Of which `mmu10ms` tells. */
const MMU_NANOS = 10e6;

/** The line of a page; null: the page has none. `durationNanos`: of the trace. */
export function homeLine(page: string, f: HomeFigures, durationNanos: Nanos): HomeLine | null {
  const said = (text: string, nanos: Nanos | null = null): HomeLine => ({ text, nanos });
  switch (page) {
    case 'goroutines':
      return said(`${plural(f.goroutineCount, 'goroutine')} of ${plural(f.functionCount, 'function')}`);
    case 'processors':
      return said(
        f.starvedNanos === 0 ? 'never idle while goroutines waited' : 'idle while goroutines waited',
        f.starvedNanos || null,
      );
    case 'network':
      return waits(f.profiles.net, 'wait for the network', 'waits for the network');
    case 'sync':
      return waits(f.profiles.sync, 'wait for channels, locks or select', 'waits for channels, locks or select');
    case 'syscall':
      return waits(f.profiles.syscall, 'system call', 'system calls');
    case 'sched':
      return waits(f.profiles.sched, 'wait for a processor', 'waits for a processor');
    case 'other':
      return waits(f.profiles.other, 'wait for time, the collector or what is not told', 'other waits');
    case 'wall':
      return waits(f.profiles.wall, 'stay off the processors', 'stays off the processors');
    case 'cpu':
      return said(f.profiles.cpu.count === 0 ? 'no CPU samples' : plural(f.profiles.cpu.count, 'sample'));
    case 'tasks':
      return said(
        f.taskCount === 0
          ? 'no user-defined tasks'
          : `${plural(f.taskCount, 'task')} of ${plural(f.taskTypeCount, 'type')}, ${formatCount(f.completeTaskCount)} complete`,
      );
    case 'regions':
      return said(
        f.regionCount === 0
          ? 'no user-defined regions'
          : `${plural(f.regionCount, 'region')} of ${plural(f.regionTypeCount, 'type')}`,
      );
    case 'mmu':
      return said(
        f.mmu10ms === null
          ? 'no processors'
          : `${formatShare(f.mmu10ms)} left to the program ${durationNanos > MMU_NANOS ? 'in the worst 10 ms' : 'over the whole'}`,
      );
    case 'gc':
      return f.stwCount === 0 && f.gcCycleCount === 0
        ? said('no garbage collection')
        : said(
            `${plural(f.gcCycleCount, 'cycle')}; ${plural(f.stwCount, 'stop')}, longest ${formatDurationText(f.longestStwNanos)}`,
            f.stwNanos,
          );
    case 'events':
      return said(plural(f.eventCount, 'event'));
    case 'compare':
      return said('with another trace, or one part of this one with another');
    default:
      return null;
  }
}
