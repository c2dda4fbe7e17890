// Units of every number that crosses a border. Plain aliases of number, named so that a reader of a
// signature knows what is meant; nanoseconds are exact as a JS number for 104 days.

/** Nanoseconds since the trace's first event. */
export type Nanos = number;
/** CSS pixels. */
export type Px = number;
/** Bytes. */
export type Bytes = number;
/** One open trace of this window: given by main, never reused in a run of the app. */
export type TraceId = number;

/**
 * A row of the timeline. 0: GC cycles, 1: stop-the-world; a processor P has two: `trackOfProc(P, 0)`, the goroutine
 * that runs, and `trackOfProc(P, 1)`, what happens inside. With the top bit set: a lane of a goroutine, thread, task or
 * source of wake-ups, numbered by the engine (contract/rows.ts).
 */
export type TrackId = number;
export const TRACK_GC: TrackId = 0;
export const TRACK_STW: TrackId = 1;
const FIRST_ROW_TRACK = 0x8000_0000;
export const trackOfProc = (proc: number, lane: 0 | 1): TrackId => 2 + 2 * proc + lane;
export const isRowTrack = (track: TrackId): boolean => track >= FIRST_ROW_TRACK;
export const procOfTrack = (track: TrackId): number | null =>
  track < 2 || isRowTrack(track) ? null : Math.floor((track - 2) / 2);
export const laneOfTrack = (track: TrackId): 0 | 1 => (track < 2 || isRowTrack(track) || track % 2 === 0 ? 0 : 1);

/** Row tracks: bits 30 and 29 the kind (place in `ROW_KINDS`), bits 28 to 4 the row, bits 3 to 0 the lane. */
export const kindIxOfRowTrack = (track: TrackId): number => (track >>> 29) & 3;
export const laneOfRowTrack = (track: TrackId): number => track & 15;
/** The same row's track of another lane. */
export const trackOfLane = (track: TrackId, lane: number): TrackId => ((track & ~15) | lane) >>> 0;
/** Network, Timers, Syscalls: rows that woke goroutines. */
export const WAKEUP_TRACKS = [0xe000_0000, 0xe000_0010, 0xe000_0020] as const;
