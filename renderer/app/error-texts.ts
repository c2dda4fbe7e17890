// What a failed tab says, by error code: a heading, why it is so, what usually causes it and what to do.
// `backticks` mark code.
import type { ErrorCode, TraceError } from '../../contract/errors';
import type { AppInfo, OpenedTrace } from '../../contract/shell-api';
import { formatCount } from '../base/format';

export interface ErrorText {
  readonly title: string;
  readonly why: string;
  readonly causes: readonly string[];
  readonly remedies: readonly string[];
}

const TRACE_AGAIN = 'Take the trace again, and `defer trace.Stop()` in main';

export const ERROR_TEXTS: Readonly<Record<ErrorCode, ErrorText>> = {
  NOT_FOUND: {
    title: 'There is no such file',
    why: 'Nothing is at this place any more, so there is nothing to show.',
    causes: ['The file was moved, renamed or deleted', 'It is on a disk or a network that is not connected'],
    remedies: ['Put it back, or connect the disk, then try again', 'Open it from where it is now'],
  },
  NO_PERMISSION: {
    title: 'You may not read this file',
    why: 'The operating system refuses to let this account read it.',
    causes: ['It belongs to another account, such as that of a server', 'It was made with narrow permissions'],
    remedies: ['Allow reading: `chmod a+r FILE`, as its owner', 'Copy it to a folder of your own as its owner'],
  },
  IS_DIRECTORY: {
    title: 'This is a folder, not a trace',
    why: 'A trace is a single file. Tracewell opens no folders.',
    causes: ['The folder was chosen instead of the file inside it'],
    remedies: ['Open the trace file inside the folder'],
  },
  IO: {
    title: 'The file could not be read',
    why: 'The operating system failed to read it. The file was not changed.',
    causes: ['A disk or network fault', 'It is a device, a pipe or a socket and not an ordinary file'],
    remedies: ['Try again', 'Copy the file to a local disk and open the copy'],
  },
  EMPTY: {
    title: 'This file is empty',
    why: 'It has no bytes at all: the program that should have written the trace wrote nothing.',
    causes: ['The trace was never started, or the program ended at once', 'The disk was full', 'The download failed'],
    remedies: [TRACE_AGAIN, 'With `go test -trace`, look whether the test ran at all'],
  },
  NOT_A_TRACE: {
    title: 'This is not a Go execution trace',
    why: 'A Go trace begins with the words `go 1.N trace`. This file does not.',
    causes: ['It is another kind of file', 'A server answered with an error page instead of a trace'],
    remedies: [
      'Look at its first line: `head -c 100 FILE`',
      'Take a trace: `go test -trace trace.out`, or `/debug/pprof/trace?seconds=5` of a server',
    ],
  },
  IS_PPROF: {
    title: 'This is a profile, not an execution trace',
    why: 'It is a CPU, memory or blocking profile in the format of pprof. Tracewell reads execution traces.',
    causes: ['It comes from `/debug/pprof/profile` or `-cpuprofile`', 'The two files were mixed up'],
    remedies: [
      'Open it with `go tool pprof FILE`',
      'For a trace use `/debug/pprof/trace?seconds=5` or `go test -trace`',
    ],
  },
  IS_GZIP: {
    title: 'This compressed file is not unpacked',
    why: 'Traces compressed with gzip are opened too. This one cannot be unpacked, or would unpack to far more than a trace does.',
    causes: ['It was cut short when it was copied', 'It is not a trace'],
    remedies: ['Copy or download it again', 'Unpack it first: `gunzip -k FILE`, then open the result'],
  },
  NOT_A_BINARY: {
    title: 'This is not the program that wrote the trace',
    why: 'A trace of Go 1.5 or 1.6 holds addresses. Their names stand in the program that wrote it, and only that very build fits.',
    causes: ['Another file was chosen, such as a script or an archive', 'The program was built again since'],
    remedies: ['Choose the executable file that was running when the trace was taken', 'Open the trace without names'],
  },
  TRUNCATED: {
    title: 'This trace ends before its first part is complete',
    why: 'A Go trace is read part by part, and each part needs its own end to be put in order. This file stops inside the first one, so no event of it can be shown. The file was not changed.',
    causes: [
      'The program ended without `trace.Stop()`',
      'The download or copy was cut short',
      'It is still being written: open it again when that is done',
    ],
    remedies: [
      TRACE_AGAIN,
      'A part is written about once a second: trace longer than that, and the whole parts of a cut file open',
      'For crashes use the flight recorder, Go 1.25',
    ],
  },
  TOO_NEW: {
    title: 'Written by a newer Go than this version knows',
    why: 'Its header names a trace format that came after this version of Tracewell.',
    causes: ['The program was built with a newer Go release'],
    remedies: ['Look for an update of Tracewell', 'Open it with `go tool trace` of that Go release meanwhile'],
  },
  DAMAGED: {
    title: 'This trace is damaged',
    why: 'Bytes in it cannot have been written by a Go runtime, and they stand where nothing before them can be shown.',
    causes: ['The file was changed by a text-mode copy or a faulty disk', 'Two files were mixed'],
    remedies: ['Copy it again from where it was made, in binary mode', 'Take the trace again'],
  },
  CHANGED: {
    title: 'The file was changed while it was open',
    why: 'It is not the file any more that was opened, so what is shown could be wrong.',
    causes: ['A test or a program wrote a new trace over it', 'It was deleted or cut short'],
    remedies: ['Open it again to see what it is now'],
  },
  RANGE: {
    title: 'That place is outside the trace',
    why: 'The trace ends before the place that was asked for.',
    causes: ['A link or a command named a time after its end'],
    remedies: ['Open the whole trace'],
  },
  CANCELLED: {
    title: 'Reading was stopped',
    why: 'It was cancelled before anything of the trace could be shown.',
    causes: ['Cancel was pressed'],
    remedies: ['Try again to go on'],
  },
  ENGINE_DIED: {
    title: 'The engine of this trace ended unexpectedly',
    why: 'Each trace is read by a process of its own. This one ended; the app and the other traces go on.',
    causes: ['The file was cut short or deleted while it was read', 'Memory ran out', 'A fault of Tracewell'],
    remedies: ['Try again', 'If it happens again, report it with the details below'],
  },
  INTERNAL: {
    title: 'Something went wrong inside Tracewell',
    why: 'This is our fault, not that of the file. The file was not changed.',
    causes: ['A case that was not thought of'],
    remedies: ['Try again', 'Report it with the details below'],
  },
};

/** Everything that a report needs, to be copied as text. */
export function errorDetails(trace: OpenedTrace, error: TraceError, app: AppInfo | null): string {
  const size = trace.sizeBytes === null ? null : `${formatCount(trace.sizeBytes)} bytes`;
  const at = error.offsetBytes === null ? null : formatCount(error.offsetBytes);
  return [
    ['code', error.code],
    ['says', error.message],
    ['where', at === null ? null : `byte ${at}${size ? ` of ${size}` : ''}`],
    ['file', size ? `${trace.path} (${size})` : trace.path],
    ['by', app ? `Tracewell ${app.version}, Electron ${app.electron}, ${app.os}` : null],
  ]
    .filter((row) => row[1] !== null)
    .map(([name, value]) => `${name?.padEnd(6)} ${value}`)
    .join('\n');
}

/** A text with `code` split into its parts. */
export function codeParts(text: string): { text: string; code: boolean }[] {
  return text.split('`').map((part, i) => ({ text: part, code: i % 2 === 1 }));
}
