// A trace by a program that is told where to write it.
import { parseArgsStringToArgv } from 'string-argv';
import type { CaptureSource } from '../../contract/capture-api';
import type { CaptureRun } from './capture-run';
import { CaptureError } from './failure';
import { runProcess } from './run-process';

const PLACEHOLDER = '{trace}';

/** Words of a command as a shell would split them, quotes included, nothing else. Errors: BAD_REQUEST. */
export function commandWords(command: string): string[] {
  if (!command.includes(PLACEHOLDER))
    throw new CaptureError(
      'BAD_REQUEST',
      `Put ${PLACEHOLDER} where the program wants the path of the trace, for example: ./server -trace ${PLACEHOLDER}`,
    );
  const words = parseArgsStringToArgv(command.trim());
  if (words[0] === undefined || words[0].includes(PLACEHOLDER))
    throw new CaptureError('BAD_REQUEST', 'The command begins with the program to run.');
  return words;
}

export async function captureProgram(
  run: CaptureRun,
  source: Extract<CaptureSource, { kind: 'program' }>,
): Promise<void> {
  const [file = '', ...args] = commandWords(source.command);
  const part = await run.newPart(null);
  run.doing(`Running ${file}`);
  const result = await runProcess(
    file,
    args.map((w) => w.replaceAll(PLACEHOLDER, part.path)),
    {
      directory: source.directory,
      signal: run.signal,
      maxSeconds: run.limits.maxSeconds,
      pollMs: run.pollMs,
      onPoll: (output) => run.wrote(part, output),
    },
  );
  run.said(result.output);
  if ((await part.sizeBytes()) === 0)
    throw new CaptureError(
      'PROGRAM',
      result.exitCode === 0
        ? 'The program ended without writing a trace: does it call trace.Start with that file, and trace.Stop before it ends?'
        : `The program failed (${exitText(result.exitCode)}) before it wrote a trace; its last lines are below.`,
    );
  await run.keep(part);
  if (result.exitCode !== 0) run.note(`The program failed (${exitText(result.exitCode)}); the trace may end early.`);
}

export const exitText = (code: number | null): string => (code === null ? 'ended by a signal' : `exit code ${code}`);
