// The closed list of error codes, the same in the addon, the command line and the page.

export const ERROR_CODES = [
  'NOT_FOUND', // no file of that name
  'NO_PERMISSION', // the file may not be read
  'IS_DIRECTORY', // a folder, not a file
  'IO', // the operating system failed to read
  'EMPTY', // zero bytes
  'NOT_A_TRACE', // text, HTML, another binary format
  'IS_PPROF', // a CPU or memory profile
  'IS_GZIP', // a compressed file that is not unpacked
  'NOT_A_BINARY', // chosen as the program that wrote a trace, and is not
  'TRUNCATED', // ends before its first part is complete
  'TOO_NEW', // a header of a later Go than this version knows
  'DAMAGED', // bytes that no Go runtime writes
  'CHANGED', // the file is no longer the one that was opened
  'RANGE', // a question outside the trace
  'CANCELLED', // stopped by the user
  'ENGINE_DIED', // the trace's process ended
  'INTERNAL', // our fault
] as const;

/** The exit code of an engine that ended itself because it held more memory than it may. */
export const EXIT_OUT_OF_MEMORY = 86;
/** That of one that could not load the native addon. */
export const EXIT_NO_ADDON = 87;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error as it crosses processes. `message` is one sentence for people that says what to do. */
export interface TraceError {
  readonly code: ErrorCode;
  readonly message: string;
  /** Where in the file, when a place is known. */
  readonly offsetBytes: number | null;
}

/**
 * Errors cross processes as text, `CODE: sentence (byte N)`. The place is taken out of the sentence, which gets its full
 * stop: the engine writes none, since on the command line the place follows.
 */
export function traceErrorFrom(e: unknown): TraceError {
  const text = e instanceof Error ? e.message : String(e);
  const m = /^([A-Z_]+): ([\s\S]*)$/.exec(text);
  const code = ERROR_CODES.find((c) => c === m?.[1]);
  const whole = code && m?.[2] ? m[2] : text;
  const at = / \(byte (\d+)\)$/.exec(whole);
  const message = at ? whole.slice(0, at.index) : whole;
  return { code: code ?? 'INTERNAL', message: sentence(message), offsetBytes: at ? Number(at[1]) : null };
}

/** A sentence ends with a full stop, or with what it has instead. */
export const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);
