// What the pages ask of a trace beside its timeline: figures of goroutines, profiles, tasks, regions, the collector.
// One method for each question. Figures equal those of the command line's verbs (`tracewell goroutines`, `profile` …).
//
// Cost of all unless said otherwise: the first question about a scope makes one pass over the trace, which later
// questions of that scope share; then it is O(answer). A pass tells its progress (`AnswerProgress`) and ends when the last
// call that waits for it was aborted. Errors: codes about files; RANGE when nothing has the name or id asked for;
// CANCELLED.
//
// Ranges: time is split at the cut; a count belongs to the range that holds the end of what is counted. The parts of a
// trace therefore sum to the whole.

import type { CallContext } from './rpc';
import type { Bytes, Nanos } from './units';

/** A place in the source: leaf first in every stack. */
export interface Frame {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

/** Half-open; the end of the trace belongs to a range that reaches it. */
export interface TimeRange {
  readonly fromNanos: Nanos;
  readonly toNanos: Nanos;
}

/** Which part of the trace an answer is about. */
export interface Scope {
  /** Null: the whole trace. */
  readonly window: TimeRange | null;
}

/** Progress of any question of this file or of tables.ts. */
export interface AnswerProgress {
  /** 0..1 of the pass that the answer waits for. */
  readonly done: number;
}

/** A stretch of one goroutine: a link into View trace. */
export interface Occurrence {
  readonly goroutine: number;
  readonly fromNanos: Nanos;
  readonly toNanos: Nanos;
}

/** A goroutine as others mention it; the name is its start function, empty where the trace does not tell it. */
export interface GoroutineRef {
  readonly id: number;
  readonly name: string;
}

/**
 * What goroutines did with their time. exec + schedWait + syscall + syscallBlock + all of block + unknown = total.
 * Ranges and the collector's columns overlap the states.
 */
export interface TimeSums {
  readonly totalNanos: Nanos;
  readonly execNanos: Nanos;
  readonly schedWaitNanos: Nanos;
  /** System calls while they hold a processor, and after they lost it. */
  readonly syscallNanos: Nanos;
  readonly syscallBlockNanos: Nanos;
  /** Waits by Go's reason (`chan receive`, `sync`, `network` …); those of 0 are left out. */
  readonly blockNanos: Readonly<Record<string, Nanos>>;
  /** Ranges by name: `GC mark assist`, `GC incremental sweep`, `stop-the-world (REASON)`. */
  readonly rangeNanos: Readonly<Record<string, Nanos>>;
  readonly unknownNanos: Nanos;
  /** Life under a stopped world, and life while the collector marked. */
  readonly gcPauseNanos: Nanos;
  readonly gcMarkNanos: Nanos;
}

/** Lengths on a scale of five steps a decade. */
export interface Histogram {
  readonly count: number;
  readonly sumNanos: Nanos;
  /** Rising, all of them between the first and the last that hold something. */
  readonly buckets: readonly { readonly fromNanos: Nanos; readonly toNanos: Nanos; readonly count: number }[];
  /** At q = 0, .25, .5, .75, .9, .95, .99, 1; empty when count is 0. */
  readonly quantiles: readonly { readonly q: number; readonly nanos: Nanos }[];
}

// ---- goroutines

/** All goroutines with one start function. */
export interface GoroutineGroup extends TimeSums {
  /** Empty: the trace does not tell the function. */
  readonly name: string;
  readonly count: number;
  /** Of the runtime, or without a name. */
  readonly isSystem: boolean;
}

/** A sum that a distribution or a column is about; `block:REASON` is the wait of one reason, `range:NAME` one range. */
export type Measure =
  | 'total'
  | 'exec'
  | 'schedWait'
  | 'syscall'
  | 'syscallBlock'
  | 'block'
  | 'unknown'
  | 'gcPause'
  | 'gcMark'
  | `block:${string}`
  | `range:${string}`;

export interface Distribution {
  readonly measure: Measure;
  readonly histogram: Histogram;
  /** Up to 10 goroutines each, fastest first and slowest first. */
  readonly fastest: readonly { readonly id: number; readonly nanos: Nanos }[];
  readonly slowest: readonly { readonly id: number; readonly nanos: Nanos }[];
}

/** Whether goroutines waited for a processor while one was idle. Units: ns; goroutines' and processors' times are summed. */
export interface Parallelism {
  /** Time in which a processor was idle while a goroutine was runnable. */
  readonly starvedNanos: Nanos;
  /** Time that goroutines were runnable, and the part of it while a processor was idle: the rest had none to run on. */
  readonly waitedNanos: Nanos;
  readonly waitedIdleNanos: Nanos;
  readonly idleNanos: Nanos;
}

/** A state, or null: before the begin of a goroutine, or behind its end. */
export type StatePlace = { readonly state: GoroutineState; readonly reason: string } | null;

/** How the goroutines of one function go from state to state. */
export interface StateGraph {
  /** By falling time. */
  readonly states: readonly {
    readonly state: GoroutineState;
    readonly reason: string;
    readonly count: number;
    readonly nanos: Nanos;
  }[];
  /** By falling count. */
  readonly steps: readonly { readonly from: StatePlace; readonly to: StatePlace; readonly count: number }[];
}

/** States of a goroutine: a partition of its life. */
export const GOROUTINE_STATES = ['running', 'runnable', 'waiting', 'syscall', 'syscall-blocked'] as const;
export type GoroutineState = (typeof GOROUTINE_STATES)[number];

export interface GoroutineStay {
  readonly fromNanos: Nanos;
  readonly toNanos: Nanos;
  readonly state: GoroutineState;
  /** Of waits; empty else. */
  readonly reason: string;
  /** Where the goroutine stood when it entered the state: into `frames` of the answer, leaf first; empty: not recorded. */
  readonly frames: readonly number[];
  /** Who ended a wait, and the leaf of its stack (`func@line`); null and empty when nobody is named. */
  readonly by: GoroutineRef | null;
  readonly byTop: string;
  /** It goes on when the trace ends. */
  readonly isOpen: boolean;
}

export interface StateSum {
  readonly state: GoroutineState;
  readonly reason: string;
  readonly count: number;
  readonly nanos: Nanos;
  readonly maxNanos: Nanos;
}

/** The first stays of one goroutine, as a strip shows them. */
export interface GoroutineStrip extends GoroutineRef {
  readonly stays: readonly Pick<GoroutineStay, 'fromNanos' | 'toNanos' | 'state' | 'reason' | 'by'>[];
  /** All that it has. */
  readonly stayCount: number;
}

export interface GoroutineDetails {
  readonly id: number;
  readonly name: string;
  readonly isSystem: boolean;
  readonly beginNanos: Nanos;
  /** It is older than the trace: `beginNanos` is where the trace first tells of it. */
  readonly isOlder: boolean;
  readonly firstRunNanos: Nanos | null;
  /** Null: it lives when the trace ends. */
  readonly endNanos: Nanos | null;
  readonly parent: GoroutineRef | null;
  /** Every stack of the answer points into it. */
  readonly frames: readonly Frame[];
  readonly creationFrames: readonly number[];
  readonly childCount: number;
  /** The first 100. */
  readonly children: readonly GoroutineRef[];
  readonly sums: TimeSums;
  /** All of its stays, and those asked for, in order of time. */
  readonly stayCount: number;
  readonly stays: readonly GoroutineStay[];
  readonly byState: readonly StateSum[];
  /** Time by state, reason and stack, falling: a flame graph for each state. */
  readonly stacks: readonly (StateSum & { readonly frames: readonly number[] })[];
  /** Those it interacts with, most often first, up to 50: how often they ended a wait of it, and it one of them. */
  readonly partners: readonly (GoroutineRef & { readonly wokeIt: number; readonly wokenByIt: number })[];
  readonly partnerCount: number;
}

// ---- profiles

/**
 * `other`: waits in neither `net` nor `sync`: sleep, the collector, timers. `wall`: all of them and runnable time one beside
 * the other, the leaf of each stack a state such as `(runnable)`; with it, where the scope is no region or task, what each
 * start function ran, as its one frame under the leaf `(running)`. So it sums to all lives, less what is not known.
 */
export const PROFILES = ['net', 'sync', 'syscall', 'sched', 'cpu', 'other', 'wall'] as const;
export type ProfileName = (typeof PROFILES)[number];

export interface ProfileScope extends Scope {
  /** One goroutine, all that start with one function, only within user regions of one name; null: all. */
  readonly goroutine: number | null;
  readonly function: string | null;
  readonly region: string | null;
  /** Within user regions of a task and of its subtasks; where they have none, its goroutines while it lasts. */
  readonly task: number | null;
}

export interface ProfileQuestion {
  readonly profile: ProfileName;
  readonly scope: ProfileScope;
  /**
   * Of scheduler latency only: `waker` (as `go tool trace`) by the stack of who made the goroutine runnable, `waiter` by
   * where it stood itself. Other profiles are always the waiter's.
   */
  readonly side: 'waiter' | 'waker';
}

export interface ProfileStack {
  /** Into `frames` of the answer, leaf first; empty: no stack was recorded. */
  readonly frames: readonly number[];
  readonly count: number;
  readonly delayNanos: Nanos;
  /** delay / count, 0 for a count of 0. */
  readonly meanNanos: Nanos;
  readonly maxNanos: Nanos;
  /** Its longest, up to 10, longest first. */
  readonly longest: readonly Occurrence[];
}

export interface ProfilePart {
  readonly count: number;
  readonly delayNanos: Nanos;
  /** By falling delay. */
  readonly stacks: readonly ProfileStack[];
}

export interface Profile {
  readonly profile: ProfileName;
  readonly frames: readonly Frame[];
  /** What ended within the trace: the figures of `go tool trace`, and what `exportPprof` writes. */
  readonly ended: ProfilePart;
  /** What never did. */
  readonly still: ProfilePart;
}

// ---- tasks

export interface TaskType {
  readonly name: string;
  readonly count: number;
  readonly completeCount: number;
  /** Of complete ones. */
  readonly histogram: Histogram;
}

export interface TaskNode {
  readonly id: number;
  readonly name: string;
  readonly parent: number | null;
  readonly fromNanos: Nanos;
  readonly toNanos: Nanos;
  readonly hasBegin: boolean;
  readonly hasEnd: boolean;
  readonly regionCount: number;
  readonly children: readonly TaskNode[];
}

/** One region as it happened. */
export interface RegionSpan {
  readonly goroutine: number;
  readonly task: number;
  readonly name: string;
  /** `func@line` of the outermost frame, as in the table of regions. */
  readonly frame: string;
  readonly fromNanos: Nanos;
  readonly toNanos: Nanos;
  readonly hasBegin: boolean;
  readonly hasEnd: boolean;
}

export interface TaskLog {
  readonly atNanos: Nanos;
  readonly goroutine: number;
  readonly task: number;
  readonly category: string;
  readonly message: string;
}

export interface TaskDetails {
  /** The task with its subtasks, up to 1,000 of them. */
  readonly tree: TaskNode;
  /** Those above it, nearest first. */
  readonly ancestors: readonly { readonly id: number; readonly name: string }[];
  readonly nodeCount: number;
  /** Of the task and its subtasks, by time; up to 5,000 of `regionCount`. */
  readonly regions: readonly RegionSpan[];
  readonly regionCount: number;
  /** Likewise, up to 5,000 of `logCount`. */
  readonly logs: readonly TaskLog[];
  readonly logCount: number;
  /** Those of the task and its subtasks, by id. */
  readonly goroutines: readonly GoroutineRef[];
  /**
   * Where the task's time within the window went, from its begin to its end: at each moment the most active state of the goroutines that are
   * in a region of it or of its subtasks (running, else in a system call, else runnable, else waiting by reason); `none`
   * while there are none. Where there is no such region, its goroutines count. Sums to its duration within the window.
   */
  readonly breakdown: readonly {
    readonly state: GoroutineState | 'none';
    readonly reason: string;
    readonly nanos: Nanos;
  }[];
}

// ---- regions

export interface RegionType {
  readonly name: string;
  readonly frame: string;
  readonly count: number;
  /** Of them, those whose begin or end the trace does not hold. */
  readonly openCount: number;
  readonly sumNanos: Nanos;
  readonly histogram: Histogram;
}

export interface RegionTypeDetails extends RegionType {
  /** What the goroutines did inside. */
  readonly sums: TimeSums;
  /** The longest, up to 20, each with its time by state. */
  readonly worst: readonly (RegionSpan & { readonly sums: TimeSums })[];
  /** By falling time, up to 100 of `goroutineCount`. */
  readonly goroutines: readonly (GoroutineRef & { readonly count: number; readonly nanos: Nanos })[];
  readonly goroutineCount: number;
}

// ---- collector

export const MMU_FLAGS = ['stw', 'background', 'assist', 'sweep'] as const;
export type MmuFlag = (typeof MMU_FLAGS)[number];

export interface MmuQuestion {
  readonly scope: Scope;
  readonly flags: readonly MmuFlag[];
  /** Each processor by itself instead of all together. */
  readonly perProc: boolean;
  /** Lengths of windows; null: 100 from 1 µs to 1 s. */
  readonly windowNanos: readonly Nanos[] | null;
  /** Tell the worst windows of this length too. */
  readonly worstOfNanos: Nanos | null;
  /** Tell the quantiles of all windows too: least, p99.9, p99, p95. Costs more. */
  readonly quantiles: boolean;
}

export interface Mmu {
  /** Shares of all windows that `values` are quantiles at; [0] without quantiles. */
  readonly quantiles: readonly number[];
  /** Utilization 0..1 for each of `quantiles`; null where the range holds no processor. */
  readonly curve: readonly { readonly windowNanos: Nanos; readonly values: readonly (number | null)[] }[];
  /** Worst first, up to 10, none overlapping another; empty when not asked for. */
  readonly worst: readonly (TimeRange & { readonly utilization: number })[];
}

export interface GcCycle {
  readonly fromNanos: Nanos;
  readonly toNanos: Nanos;
  readonly isOlder: boolean;
  readonly isOpen: boolean;
  /** Marking, within the window asked for. */
  readonly markNanos: Nanos;
  /** Stops of the world that touch it, and how many; assists, summed over goroutines. */
  readonly stwNanos: Nanos;
  readonly stwCount: number;
  readonly assistNanos: Nanos;
  /** Allocated when it began, the goal then; allocated and the goal when it ended. Null: not told before. */
  readonly heapAtBeginBytes: Bytes | null;
  readonly goalAtBeginBytes: Bytes | null;
  readonly heapAtEndBytes: Bytes | null;
  readonly goalAtEndBytes: Bytes | null;
  /** Share of all processors' time that the collector had while it lasted: dedicated and fractional workers, assists. */
  readonly cpuShare: number | null;
}

export interface GcStop extends TimeRange {
  readonly reason: string;
  readonly goroutine: number | null;
}

export interface GcShare {
  readonly id: number;
  readonly name: string;
  readonly pauseNanos: Nanos;
  readonly markNanos: Nanos;
  readonly assistNanos: Nanos;
  readonly sweepNanos: Nanos;
}

export interface GcReport {
  readonly cycles: readonly GcCycle[];
  /** By time; up to 10,000 of `stopCount`, the longest. */
  readonly stops: readonly GcStop[];
  readonly stopCount: number;
  readonly stopNanos: Nanos;
  /** By reason, falling. */
  readonly stopsByReason: readonly {
    readonly reason: string;
    readonly count: number;
    readonly nanos: Nanos;
    readonly maxNanos: Nanos;
  }[];
  /** Goroutines with assists or sweeps, by falling assist; up to 100 of `assistingCount`. */
  readonly goroutines: readonly GcShare[];
  readonly assistingCount: number;
  /** The same by start function. */
  readonly functions: readonly (Omit<GcShare, 'id'> & { readonly count: number })[];
  readonly markNanos: Nanos;
  readonly assistNanos: Nanos;
  readonly sweepNanos: Nanos;
  /** Share of processor time of the collector, 0..1, in equal steps over the scope: workers, assists, sweeps. */
  readonly cpuShare: { readonly fromNanos: Nanos; readonly stepNanos: Nanos; readonly values: readonly number[] };
  readonly heap: {
    readonly firstBytes: Bytes | null;
    readonly lastBytes: Bytes | null;
    readonly maxBytes: Bytes | null;
    readonly goalFirstBytes: Bytes | null;
    readonly goalLastBytes: Bytes | null;
    readonly goalMaxBytes: Bytes | null;
  };
}

// ---- home page

export interface HomeFigures {
  readonly goroutineCount: number;
  readonly functionCount: number;
  /** Counts and delays of what ended; `stillCount`: waits that never did. */
  readonly profiles: Readonly<
    Record<ProfileName, { readonly count: number; readonly delayNanos: Nanos; readonly stillCount: number }>
  >;
  /** Task 0, what belongs to none, included; 0 where there is no other. */
  readonly taskCount: number;
  readonly completeTaskCount: number;
  readonly taskTypeCount: number;
  readonly regionCount: number;
  readonly regionTypeCount: number;
  /** As in `Parallelism`. */
  readonly starvedNanos: Nanos;
  readonly gcCycleCount: number;
  readonly gcMarkNanos: Nanos;
  readonly stwCount: number;
  readonly stwNanos: Nanos;
  readonly longestStwNanos: Nanos;
  /** Least utilization of any window of 10 ms with the default flags; null where there is no curve. */
  readonly mmu10ms: number | null;
  readonly eventCount: number;
}

export interface AnswersApi {
  readHomeFigures(input: null, ctx: CallContext): Promise<HomeFigures>;
  /** By falling execution time. */
  readGoroutineGroups(input: { scope: Scope }, ctx: CallContext): Promise<readonly GoroutineGroup[]>;
  readParallelism(input: { scope: Scope }, ctx: CallContext): Promise<Parallelism>;
  /** Cost: a pass of its own, kept for a while. */
  readStateGraph(input: { scope: Scope; function: string }, ctx: CallContext): Promise<StateGraph>;
  /** How the goroutines of one function are spread. */
  readDistribution(
    input: { scope: Scope; function: string; measure: Measure },
    ctx: CallContext,
  ): Promise<Distribution>;
  /**
   * `stays`: which of its history, at most 500. Cost: the segments where it begins and where the scope does, and those of stays
   * far from its begin; before Go 1.22 a pass over its time. Kept for a while.
   */
  readGoroutine(
    input: { id: number; scope: Scope; stays: { from: number; count: number } },
    ctx: CallContext,
  ): Promise<GoroutineDetails>;
  /** The first `count` stays, at most 4,096, of up to 16 goroutines, in the order of `ids`. Cost: as above, for all at once. */
  readGoroutineStrips(
    input: { ids: readonly number[]; scope: Scope; count: number },
    ctx: CallContext,
  ): Promise<readonly GoroutineStrip[]>;
  /** A scope with a goroutine, function or region makes a pass of its own, which all profiles of that scope share. */
  readProfile(input: ProfileQuestion, ctx: CallContext): Promise<Profile>;
  /** The same as a file for `go tool pprof` (a gzipped protocol buffer): what ended. */
  exportPprof(input: ProfileQuestion, ctx: CallContext): Promise<Uint8Array>;
  /** By name. Task 0, without a name, is what belongs to no task. */
  readTaskTypes(input: { scope: Scope }, ctx: CallContext): Promise<readonly TaskType[]>;
  /** All that belongs to it, whatever the window; where its time went, within the window. Cost: a pass over its time, kept for a while. */
  readTask(input: { id: number; scope: Scope }, ctx: CallContext): Promise<TaskDetails>;
  /** By name and frame. */
  readRegionTypes(input: { scope: Scope }, ctx: CallContext): Promise<readonly RegionType[]>;
  /** `frame` null: of any frame. */
  readRegionType(
    input: { scope: Scope; name: string; frame: string | null },
    ctx: CallContext,
  ): Promise<RegionTypeDetails>;
  readMmu(input: MmuQuestion, ctx: CallContext): Promise<Mmu>;
  readGc(input: { scope: Scope }, ctx: CallContext): Promise<GcReport>;
}
