// Lines on standard output for bin/tracewell: `@tracewell {json}`, one event a line. Everything else there is noise.
import type { ErrorCode } from '../../contract/errors';
import type { TimingMark } from '../../contract/shell-api';

export type LauncherEvent =
  | { event: 'window-shown' }
  /** The page stands and answers: what `npm run bench -- start` times. */
  | { event: 'usable' }
  | { event: 'timing'; ms: Partial<Record<TimingMark | 'windowShown', number>> }
  | { event: 'done' }
  | { event: 'error'; code: ErrorCode | 'TIMED_OUT'; message: string }
  /** Nothing to open: the text goes to standard output (code 0) or standard error. */
  | { event: 'refused'; exitCode: number; text: string };

// The launcher may be gone: a closed pipe is not our problem.
process.stdout.on('error', () => undefined);

/** Resolves when the line is handed to the OS, so that quitting next does not lose it. */
export function tellLauncher(event: LauncherEvent): Promise<void> {
  return new Promise((ok) => process.stdout.write(`@tracewell ${JSON.stringify(event)}\n`, () => ok()));
}
