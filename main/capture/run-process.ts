// Runs a program of the user's without a shell, in a process group of its own so that cancelling ends all it started.
import { type ChildProcess, spawn } from 'node:child_process';
import { CaptureError, cancelled } from './failure';

/** Lines of output that are kept, and characters of each: a program may write without end. */
const KEPT_LINES = 200;
const KEPT_CHARS = 500;
/** Between asking a process to end and ending it. */
const GRACE_MS = 3000;

/** The last lines of what a program writes. */
export class OutputTail {
  readonly #lines: string[] = [];
  #open = '';

  push(text: string): void {
    const parts = (this.#open + text).split(/\r?\n/);
    this.#open = (parts.pop() ?? '').slice(0, KEPT_CHARS);
    for (const line of parts) this.#lines.push(line.slice(0, KEPT_CHARS));
    this.#lines.splice(0, Math.max(0, this.#lines.length - KEPT_LINES));
  }

  lines(): string[] {
    return this.#open === '' ? [...this.#lines] : [...this.#lines, this.#open];
  }
}

export interface RunParts {
  readonly directory: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly maxSeconds: number;
  /** Called each `pollMs` with what was written so far; throws to end the program (a limit was passed). */
  readonly onPoll: (output: readonly string[]) => Promise<void>;
  readonly pollMs: number;
}

export interface RunResult {
  /** Null: ended by a signal. */
  readonly exitCode: number | null;
  /** Standard output alone, up to 1 MiB. */
  readonly stdout: string;
  readonly output: readonly string[];
}

const MAX_STDOUT = 1 << 20;

/** Runs `file args…`. Errors: PROGRAM when it cannot be started, TIMED_OUT, CANCELLED, what `onPoll` throws. */
export async function runProcess(file: string, args: readonly string[], parts: RunParts): Promise<RunResult> {
  if (parts.signal.aborted) throw cancelled();
  const child = spawn(file, args, {
    cwd: parts.directory,
    env: { ...process.env, ...parts.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own on Unix, so that `go test` and the test binary end together.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const tail = new OutputTail();
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    tail.push(text);
    if (stdout.length < MAX_STDOUT) stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => tail.push(text));

  const watch = new Watch(child, parts, tail);
  try {
    const exitCode = await new Promise<number | null>((ok, no) => {
      child.once('error', (e: NodeJS.ErrnoException) => no(startFailure(e, file, parts.directory)));
      child.once('close', (code) => ok(code));
    });
    if (watch.reason) throw watch.reason;
    return { exitCode, stdout, output: tail.lines() };
  } finally {
    watch.end();
  }
}

/** Ends the program when it must not go on, and says why. */
class Watch {
  reason: Error | null = null;
  readonly #child: ChildProcess;
  readonly #signal: AbortSignal;
  readonly #timers: NodeJS.Timeout[];
  readonly #abort = (): void => this.#stop(cancelled());
  #polling = false;

  constructor(child: ChildProcess, parts: RunParts, tail: OutputTail) {
    this.#child = child;
    this.#signal = parts.signal;
    parts.signal.addEventListener('abort', this.#abort, { once: true });
    const tooLong = new CaptureError(
      'TIMED_OUT',
      `The program ran longer than ${parts.maxSeconds} s and was ended; nothing was kept.`,
    );
    this.#timers = [
      setTimeout(() => this.#stop(tooLong), parts.maxSeconds * 1000),
      setInterval(() => {
        if (this.#polling) return;
        this.#polling = true;
        parts
          .onPoll(tail.lines())
          .catch((e: unknown) => this.#stop(e as Error))
          .finally(() => (this.#polling = false));
      }, parts.pollMs),
    ];
  }

  end(): void {
    this.#signal.removeEventListener('abort', this.#abort);
    for (const t of this.#timers) clearTimeout(t);
  }

  #stop(reason: Error): void {
    if (this.reason) return;
    this.reason = reason;
    signalGroup(this.#child, 'SIGTERM');
    this.#timers.push(setTimeout(() => signalGroup(this.#child, 'SIGKILL'), GRACE_MS));
  }
}

function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on(
      'error',
      () => undefined,
    );
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended meanwhile.
  }
}

function startFailure(e: NodeJS.ErrnoException, file: string, directory: string): CaptureError {
  if (e.code === 'ENOENT')
    return file === 'go'
      ? new CaptureError(
          'PROGRAM',
          `The go command was not found (or the folder ${directory} is gone); install Go, or start Tracewell where go is in PATH.`,
        )
      : new CaptureError('PROGRAM', `There is no program ${file} (or the folder ${directory} is gone); give its path.`);
  if (e.code === 'EACCES') return new CaptureError('PROGRAM', `${file} may not be run; make it executable.`);
  return new CaptureError('PROGRAM', `${file} could not be started (${e.code ?? e.message}).`);
}
