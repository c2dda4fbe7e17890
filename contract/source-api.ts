// The text of source files that a trace names. Paths in a trace are a stranger's: main reads only below folders that the
// user chose for it, only files of Go programs, and only so much.
import type { TraceId } from './units';

/** Longer files are not shown. */
export const MOST_SOURCE_BYTES = 2 * 2 ** 20;

export type SourceText = { readonly text: string } | { readonly reason: string };

export interface SourceApi {
  /** `file`: as a frame of the trace names it. A sentence says why there is none. */
  readSource(input: { traceId: TraceId; file: string }): Promise<SourceText>;
  /** Asks in the OS's dialog for the folder that holds it; from then on it and its neighbours are found there. False: the user thought otherwise, or it is not in there. */
  chooseSourceFolder(input: { traceId: TraceId; file: string }): Promise<boolean>;
}
export const SOURCE_METHODS = ['readSource', 'chooseSourceFolder'] as const satisfies readonly (keyof SourceApi)[];
