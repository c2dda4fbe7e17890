// The profiles as pages: how each is called, what it counts, and what is said where it is empty.

import type { ProfileName } from '../../../contract/answers';

export interface ProfileKind {
  readonly profile: ProfileName;
  readonly title: string;
  /** One of what is counted, and several. */
  readonly one: string;
  readonly many: string;
  /** Why there may be nothing, and what would give something. */
  readonly emptyTitle: string;
  readonly emptyHelp: string;
}

export const PROFILE_KINDS: Readonly<Record<string, ProfileKind>> = {
  network: {
    profile: 'net',
    title: 'Network blocking profile',
    one: 'wait',
    many: 'waits',
    emptyTitle: 'No goroutine waited for the network.',
    emptyHelp: 'Goroutines that read from or write to sockets, and block there, are listed here.',
  },
  sync: {
    profile: 'sync',
    title: 'Synchronization blocking profile',
    one: 'wait',
    many: 'waits',
    emptyTitle: 'No goroutine waited for another one.',
    emptyHelp: 'Waits for channels, select, mutexes, wait groups and conditions are listed here.',
  },
  syscall: {
    profile: 'syscall',
    title: 'Syscall blocking profile',
    one: 'call',
    many: 'calls',
    emptyTitle: 'No system call that took time is in this trace.',
    emptyHelp: 'Calls that end at once are not recorded as states of a goroutine; longer ones are listed here.',
  },
  sched: {
    profile: 'sched',
    title: 'Scheduler latency profile',
    one: 'wait',
    many: 'waits',
    emptyTitle: 'No goroutine waited for a processor.',
    emptyHelp: 'Time between being made runnable and running is listed here.',
  },
  other: {
    profile: 'other',
    title: 'Other waits',
    one: 'wait',
    many: 'waits',
    emptyTitle: 'No goroutine waited for anything else.',
    emptyHelp:
      'Sleep, timers, waits for the collector and waits without a reason are listed here: what is neither network nor synchronization.',
  },
  wall: {
    profile: 'wall',
    title: 'Wall-clock profile',
    one: 'stay',
    many: 'stays',
    emptyTitle: 'No goroutine lived in this range.',
    emptyHelp: 'All that goroutines did with their time, running, waiting and runnable, is listed here by stack.',
  },
  cpu: {
    profile: 'cpu',
    title: 'CPU samples',
    one: 'sample',
    many: 'samples',
    emptyTitle: 'No CPU samples in this trace.',
    emptyHelp:
      'They are recorded while a CPU profile runs beside the trace (Go 1.19 and later): call pprof.StartCPUProfile after trace.Start, or capture both at once.',
  },
};

export const counted = (kind: ProfileKind, n: number): string => (n === 1 ? kind.one : kind.many);

/** Samples are counted; their time is only an estimate at the usual rate. */
export const countOnly = (kind: ProfileKind): boolean => kind.profile === 'cpu';
