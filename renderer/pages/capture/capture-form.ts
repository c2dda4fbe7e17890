// The fields of the page as data, what is wrong with them, and the request that they make.
import {
  CAPTURE_SECONDS,
  DEFAULT_CAPTURE_LIMITS,
  type CaptureKind,
  type CaptureLimits,
  type CaptureSource,
} from '../../../contract/capture-api';

export interface CaptureFields {
  kind: CaptureKind;
  /** Of the running program. */
  address: string;
  seconds: number;
  withCpuSamples: boolean;
  /** Of any endpoint. */
  url: string;
  method: 'GET' | 'POST';
  /** `Name: value`, one a line. */
  headers: string;
  directory: string;
  packages: string;
  run: string;
  bench: string;
  count: number;
  command: string;
  maxMib: number;
  maxSeconds: number;
}

export const emptyFields = (): CaptureFields => ({
  kind: 'pprof',
  address: 'http://localhost:6060',
  seconds: 5,
  withCpuSamples: true,
  url: '',
  method: 'GET',
  headers: '',
  directory: '',
  packages: './...',
  run: '',
  bench: '',
  count: 0,
  command: '',
  maxMib: DEFAULT_CAPTURE_LIMITS.maxBytes / 2 ** 20,
  maxSeconds: DEFAULT_CAPTURE_LIMITS.maxSeconds,
});

export const KIND_TITLES: Readonly<Record<CaptureKind, string>> = {
  pprof: 'Running program',
  url: 'Address',
  'go-test': 'go test',
  program: 'Command',
};

const whole = (n: number, min: number, max: number): boolean => Number.isInteger(n) && n >= min && n <= max;

/** What keeps the capture from being started, a sentence by field; empty when it can be. */
export function fieldErrors(f: CaptureFields): Partial<Record<keyof CaptureFields, string>> {
  const errors: Partial<Record<keyof CaptureFields, string>> = {};
  if (f.kind === 'pprof') {
    if (f.address.trim() === '') errors.address = 'Give the address of the program.';
    if (!whole(f.seconds, CAPTURE_SECONDS.min, CAPTURE_SECONDS.max)) errors.seconds = 'From 1 to 3600 seconds.';
  } else if (f.kind === 'url') {
    if (f.url.trim() === '') errors.url = 'Give the address that answers with a trace.';
    if (headersOf(f.headers) === null) errors.headers = 'One header a line, as in Authorization: Bearer abc';
  } else {
    if (f.directory === '') errors.directory = 'Choose the folder to run in.';
    if (f.kind === 'go-test' && !whole(f.count, 0, 10_000)) errors.count = 'From 0 to 10000.';
    if (f.kind === 'program' && !f.command.includes('{trace}'))
      errors.command = 'Put {trace} where the program wants the path of the trace.';
  }
  if (!whole(f.maxMib, 1, 65_536)) errors.maxMib = 'From 1 to 65536 MiB.';
  if (!whole(f.maxSeconds, 1, 86_400)) errors.maxSeconds = 'From 1 to 86400 seconds.';
  return errors;
}

/** Null: a line is not a header. */
function headersOf(text: string): { name: string; value: string }[] | null {
  const lines = text.split('\n').filter((l) => l.trim() !== '');
  const parts = lines.map((l) => /^\s*([^\s:]+)\s*:\s*(.*?)\s*$/.exec(l));
  if (parts.some((p) => p === null)) return null;
  return parts.map((p) => ({ name: p?.[1] ?? '', value: p?.[2] ?? '' }));
}

/** Call it only when there are no errors. */
export function requestOf(f: CaptureFields): { source: CaptureSource; limits: CaptureLimits } {
  const limits = { maxBytes: f.maxMib * 2 ** 20, maxSeconds: f.maxSeconds };
  switch (f.kind) {
    case 'pprof':
      return {
        source: { kind: 'pprof', url: f.address.trim(), seconds: f.seconds, withCpuSamples: f.withCpuSamples },
        limits,
      };
    case 'url':
      return {
        source: { kind: 'url', url: f.url.trim(), method: f.method, headers: headersOf(f.headers) ?? [] },
        limits,
      };
    case 'go-test': {
      const { directory, packages, run, bench, count } = f;
      return {
        source: { kind: 'go-test', directory, packages: packages.trim(), run: run.trim(), bench: bench.trim(), count },
        limits,
      };
    }
    case 'program':
      return { source: { kind: 'program', directory: f.directory, command: f.command.trim() }, limits };
  }
}
