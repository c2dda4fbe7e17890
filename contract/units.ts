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
 * A row of the timeline. 0: GC cycles, 1: stop-the-world; a processor P has two:
 * `trackOfProc(P, 0)`, the goroutine that runs, and `trackOfProc(P, 1)`, what happens inside.
 */
export type TrackId = number;
export const TRACK_GC: TrackId = 0;
export const TRACK_STW: TrackId = 1;
export const trackOfProc = (proc: number, lane: 0 | 1): TrackId => 2 + 2 * proc + lane;
export const procOfTrack = (track: TrackId): number | null => (track < 2 ? null : (track - 2) >> 1);
export const laneOfTrack = (track: TrackId): 0 | 1 => (track < 2 || track % 2 === 0 ? 0 : 1);
