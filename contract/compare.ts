// Two traces beside each other, or a series of runs. Each side's own engine tells what is known of it (a digest), either of
// them compares two: it is a function of the digests and looks at no trace. The same figures as `tracewell compare`.

import type { Frame, Histogram, ProfileName, Scope } from './answers';
import type { CallContext } from './rpc';
import type { Nanos } from './units';

/** What is known of one side: text of the engine's, handed on as it is. At most some megabytes. */
export type Digest = string;
/** A digest is no longer than this, in characters. */
export const MAX_DIGEST_CHARS = 64 << 20;
/** Runs of one series. */
export const MAX_RUNS = 64;

/** The profiles that are compared. */
export const COMPARED_PROFILES = ['net', 'sync', 'syscall', 'sched', 'cpu'] as const satisfies readonly ProfileName[];
export type ComparedProfile = (typeof COMPARED_PROFILES)[number];

/** What sums of times and counts are divided by before they are compared; shares and lengths of one thing never are. */
export const NORMALISE = ['none', 'duration', 'tasks'] as const;
export type Normalise = (typeof NORMALISE)[number];

/** Figures of a side, divided or not, are fractions of nanoseconds and counts. */
export interface SideFacts {
  readonly fromNanos: Nanos;
  readonly toNanos: Nanos;
  readonly durationNanos: Nanos;
  readonly eventCount: number;
  readonly goroutineCount: number;
  readonly completeTaskCount: number;
}

export type MeasureUnit = 'ns' | 'share' | 'goroutines' | 'bytes' | 'count';
/** `same`: by less than 2 %; `plain`: a count that is neither better nor worse; `unknown`: a side does not tell. */
export type MeasureChange = 'better' | 'worse' | 'same' | 'plain' | 'unknown';

/** One line of the summary. */
export interface ComparedMeasure {
  readonly id: string;
  readonly title: string;
  readonly unit: MeasureUnit;
  readonly a: number | null;
  readonly b: number | null;
  /** B less A, and B by A; null where a side is, and where nothing can be divided by. */
  readonly difference: number | null;
  readonly ratio: number | null;
  readonly change: MeasureChange;
}

/** A row of a joined table: a side that has none is null, and `only` says which has one. By falling change. */
interface Joined<Side> {
  readonly a: Side | null;
  readonly b: Side | null;
  readonly differenceNanos: Nanos;
  readonly ratio: number | null;
  readonly only: 'a' | 'b' | null;
}

export interface FunctionSide {
  /** As this side has it: a renamed function has two. */
  readonly name: string;
  readonly count: number;
  readonly totalNanos: Nanos;
  readonly execNanos: Nanos;
  readonly schedWaitNanos: Nanos;
  readonly syscallNanos: Nanos;
  readonly blockNanos: Nanos;
  /** Median, 95th and 99th percentile of one goroutine; never divided. */
  readonly spread: Readonly<Partial<Record<'totalNanos' | 'execNanos' | 'schedWaitNanos', readonly Nanos[]>>>;
}
/** Goroutines by start function; the difference is that of execution, scheduler wait and system calls. */
export interface ComparedFunction extends Joined<FunctionSide> {
  readonly name: string;
}

export interface StackSide {
  readonly count: number;
  readonly delayNanos: Nanos;
  /** What never ended. */
  readonly stillCount: number;
  readonly stillNanos: Nanos;
  readonly frames: readonly Frame[];
}
/** A stack of a profile, joined by its functions in order; the difference is that of waits that ended. */
export interface ComparedStack extends Joined<StackSide> {
  /** Leaf first; empty: no stack was recorded. */
  readonly functions: readonly string[];
}

/** Whether lengths shifted by more than chance: Kolmogorov and Smirnov's test of two samples, on buckets. */
export interface ShiftTest {
  /** The greatest distance of the two cumulative shares, 0..1. */
  readonly statistic: number;
  /** Of such a distance by chance alone. */
  readonly probability: number;
  readonly countA: number;
  readonly countB: number;
  readonly isMoreThanNoise: boolean;
}

export interface TypeSide {
  readonly count: number;
  readonly completeCount: number;
  readonly sumNanos: Nanos;
  readonly meanNanos: Nanos | null;
  readonly quantiles: Histogram['quantiles'];
}
/** Tasks of a type, or regions of a name in a function; the difference is that of the sum of lengths. */
export interface ComparedType extends Joined<TypeSide> {
  readonly name: string;
  /** Of regions: the function (with `@line` where one function has several); empty for tasks. */
  readonly frame: string;
  /** Null when a side has no lengths. */
  readonly test: ShiftTest | null;
}

export interface Comparison {
  readonly normalise: Normalise;
  readonly a: SideFacts;
  readonly b: SideFacts;
  readonly measures: readonly ComparedMeasure[];
  /** The changes that explain most, greatest first; one that says so when nothing changed. */
  readonly sentences: readonly string[];
  readonly functions: readonly ComparedFunction[];
  readonly profiles: Readonly<Partial<Record<ComparedProfile, readonly ComparedStack[]>>>;
  readonly tasks: readonly ComparedType[];
  readonly regions: readonly ComparedType[];
}

/** One figure of all runs; the change is that of the last against the first. */
export interface SeriesMeasure {
  readonly id: string;
  readonly title: string;
  readonly unit: MeasureUnit;
  readonly change: MeasureChange;
  readonly values: readonly (number | null)[];
}
export interface Series {
  readonly normalise: Normalise;
  readonly runs: readonly SideFacts[];
  readonly measures: readonly SeriesMeasure[];
}

export interface CompareApi {
  /** What is known of this trace. Cost: a pass, shared with the other questions of its scope. */
  readDigest(input: { scope: Scope }, ctx: CallContext): Promise<Digest>;
  /**
   * `renamed`: functions of A that have another name in B. Errors: RANGE when figures are wanted by task and a side
   * completed none. Cost: O(n log n) of the rows of both.
   */
  compareDigests(
    input: { a: Digest; b: Digest; normalise: Normalise; renamed: Readonly<Record<string, string>> },
    ctx: CallContext,
  ): Promise<Comparison>;
  compareSeries(input: { digests: readonly Digest[]; normalise: Normalise }, ctx: CallContext): Promise<Series>;
  /** Null when a side has no values. */
  compareHistograms(input: { a: Histogram; b: Histogram }, ctx: CallContext): Promise<{ test: ShiftTest | null }>;
}
