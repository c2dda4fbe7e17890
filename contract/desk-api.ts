// The desktop round the traces: what was dropped or pasted, the cache of indexes, the guided tour, reports of problems,
// updates. Part of ShellApi.
import type { CacheUsage } from './settings';
import type { Bytes } from './units';

/** A trace inside a folder that was dropped. */
export interface FoundTrace {
  readonly path: string;
  /** From the folder on, as the system writes paths. */
  readonly name: string;
  readonly sizeBytes: Bytes;
  /** Milliseconds since 1970. */
  readonly changedAtMs: number;
}

export interface FolderTraces {
  readonly folder: string;
  /** As people write it, with `~` for the home folder. */
  readonly displayFolder: string;
  /** Newest first, at most MOST_FOUND_TRACES. */
  readonly traces: readonly FoundTrace[];
  /** False: the folder is larger than what is looked through, so there may be more. */
  readonly isComplete: boolean;
}
export const MOST_FOUND_TRACES = 200;

/** What became of what was dropped. */
export interface Dropped {
  /** Files that were opened, as absolute paths. */
  readonly opened: readonly string[];
  /** Folders, with what could be opened out of them. */
  readonly folders: readonly FolderTraces[];
}

/** The traces of the guided tour, in its order: names of the six ways in docs/tour.md. */
export const TOUR_STEPS = ['seq', 'pixel', 'col', 'workers', 'workersbuf', 'colworkersbuf'] as const;
export type TourStep = (typeof TOUR_STEPS)[number];

/**
 * `off`: this build has no feed or no key, so there is nothing to ask; `idle`: nobody asked yet; `current`: this is the
 * newest; `found`: a newer one is there; `ready`: it is here, and takes the place of this one at the next start.
 */
export const UPDATE_KINDS = ['off', 'idle', 'checking', 'current', 'found', 'loading', 'ready', 'failed'] as const;
export interface UpdateState {
  readonly kind: (typeof UPDATE_KINDS)[number];
  /** For people: what this state means. */
  readonly sentence: string;
  /** Of the newer one; null when none is known. */
  readonly version: string | null;
}

export interface DeskApi {
  /** Opens files; looks into folders for traces by their first bytes and opens nothing of them. */
  openDropped(input: { paths: readonly string[] }): Promise<Dropped>;
  /** A `tracewell:` link or the path of a file that was pasted. False: it is neither, and nothing was done. */
  openPasted(input: { text: string }): Promise<boolean>;
  /** What the indexes of traces take on the disk. Errors: a sentence, when the engine's helper cannot be started. */
  readCache(input: null): Promise<CacheUsage>;
  /** Removes them; open traces are not touched. Answers what is left. */
  clearCache(input: null): Promise<CacheUsage>;
  /** Opens a trace of the guided tour in View trace. It is not among the recent traces. */
  openTour(input: { step: TourStep }): Promise<void>;
  /** A report as text: versions, settings without paths, the log. Nothing is sent anywhere. */
  readReport(input: null): Promise<string>;
  readUpdates(input: null): Promise<UpdateState>;
  /** Asks the feed whether there is a newer version. Only when the user asks for it. */
  checkUpdates(input: null): Promise<UpdateState>;
  /** Loads the version that was found; it is put in place when the app ends. */
  loadUpdate(input: null): Promise<UpdateState>;
}
export const DESK_METHODS = [
  'openDropped',
  'openPasted',
  'readCache',
  'clearCache',
  'openTour',
  'readReport',
  'readUpdates',
  'checkUpdates',
  'loadUpdate',
] as const satisfies readonly (keyof DeskApi)[];
