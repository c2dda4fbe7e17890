// Taking a trace from a running program, a test or a command: what the page asks of main, and what main tells of it.

import type { Bytes } from './units';

/** What to take the trace from. Every request names all its fields; an empty text is "not given". */
export type CaptureSource =
  | {
      /** `/debug/pprof/trace` of a program that imports net/http/pprof. */
      readonly kind: 'pprof';
      /** `http://host:port`, `host:port`, or the whole address of the endpoint. */
      readonly url: string;
      readonly seconds: number;
      /** Asks for a CPU profile at the same time: then its samples are in the trace. The profile itself is not kept. */
      readonly withCpuSamples: boolean;
    }
  | {
      /** Any address that answers with a trace, for example an endpoint that writes a flight recorder's content. */
      readonly kind: 'url';
      readonly url: string;
      readonly method: 'GET' | 'POST';
      readonly headers: readonly { readonly name: string; readonly value: string }[];
    }
  | {
      /** `go test -trace`, one package after another, since Go writes the trace of one package only. */
      readonly kind: 'go-test';
      readonly directory: string;
      /** `./...`, or packages with spaces between. */
      readonly packages: string;
      readonly run: string;
      readonly bench: string;
      /** 0: as Go decides. */
      readonly count: number;
    }
  | {
      /** A program that writes a trace to the path it is given. No shell reads the command. */
      readonly kind: 'program';
      readonly directory: string;
      /** Has `{trace}` where the path belongs. */
      readonly command: string;
    };

export type CaptureKind = CaptureSource['kind'];

export interface CaptureLimits {
  readonly maxBytes: Bytes;
  readonly maxSeconds: number;
}

export const CAPTURE_SECONDS = { min: 1, max: 3600 } as const;
/** A gigabyte, ten minutes: what is asked for unless someone says otherwise. */
export const DEFAULT_CAPTURE_LIMITS: CaptureLimits = { maxBytes: 2 ** 30, maxSeconds: 600 };

export type CaptureId = number;

/** Where a capture is; each message replaces the one before. */
export interface CaptureProgress {
  readonly captureId: CaptureId;
  /** What is being done, a sentence without full stop: `Waiting for the first bytes of localhost:6060`. */
  readonly doing: string;
  readonly doneBytes: Bytes;
  /** Null: the other side has not said. */
  readonly totalBytes: Bytes | null;
  readonly elapsedMs: number;
  /** How long it is meant to take; null when nobody knows. */
  readonly expectedMs: number | null;
  /** The last lines that a test or a program wrote. */
  readonly output: readonly string[];
}

export const CAPTURE_FAILURES = [
  'BAD_REQUEST', // the address or the command cannot be used
  'REFUSED', // nothing listens there
  'UNREACHABLE', // no such host, no route
  'NOT_FOUND', // 404: no such endpoint
  'BUSY', // the program is being traced already
  'HTTP', // any other answer that is not 200
  'NOT_A_TRACE', // the answer is something else
  'TOO_LARGE', // beyond the limit
  'TIMED_OUT', // beyond the limit, or nothing came for too long
  'NOT_ALLOWED', // a redirect that must not be followed, or one that was not agreed to
  'PROGRAM', // go or the program failed before it wrote a trace
  'DISK', // the trace could not be saved
  'CANCELLED',
] as const;
export type CaptureFailure = (typeof CAPTURE_FAILURES)[number];

export interface CapturedFile {
  readonly path: string;
  readonly sizeBytes: Bytes;
}

/** The end of a capture. Files that are named here are whole; nothing else of it is on the disk. */
export type CaptureEnd = { readonly captureId: CaptureId; readonly output: readonly string[] } & (
  | {
      readonly kind: 'done';
      readonly files: readonly CapturedFile[];
      /** What went wrong beside the trace: failed tests, a CPU profile that was refused. */
      readonly notes: readonly string[];
    }
  | {
      readonly kind: 'failed';
      readonly code: CaptureFailure;
      /** A sentence that says what to do. */ readonly message: string;
    }
);

export interface CaptureApi {
  /** Starts a capture; `captureProgress` and one `captureEnd` follow. One at a time: another is refused with a sentence. */
  startCapture(input: {
    source: CaptureSource;
    limits: CaptureLimits;
    /** A place that `chooseCaptureFile` gave; null: the folder for captures, with a name of its own. */
    saveId: number | null;
  }): Promise<CaptureId>;
  cancelCapture(input: { captureId: CaptureId }): Promise<void>;
  /** Asks where to save. Null: nothing was chosen. */
  chooseCaptureFile(input: { suggestedName: string }): Promise<{ saveId: number; displayPath: string } | null>;
  /** Asks for a folder to run go or a program in. Null: nothing was chosen. */
  chooseCaptureDirectory(input: null): Promise<string | null>;
  /** Where traces are saved when no file was chosen. */
  readCaptureFolder(input: null): Promise<string>;
}
