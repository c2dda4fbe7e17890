// A copy of an open trace without the program's own names, to be shown to others: made by the native command line, which
// writes it whole or not at all.
import { execFile } from 'node:child_process';
import path from 'node:path';
import type { AnonymisedCopy } from '../../contract/shell-api';

export interface AnonymiseParts {
  /** Says what a copy holds, and asks whether to go on. */
  ask(question: string, yes: string): Promise<boolean>;
  /** Null: the user thought otherwise. */
  chooseTarget(suggestedName: string): Promise<string | null>;
  /** Runs the command line; its standard output. Errors: its message. */
  run(args: readonly string[]): Promise<string>;
}

const WHAT_STAYS =
  'Words in names of functions, files, tasks and regions and in log messages are replaced by other letters. ' +
  'What stays: times, ids, line numbers, addresses, names of the standard library, and how long each word is.';

/** `a.trace` → `a-anonymous.trace`, `a.trace.gz` too: a copy is not packed. */
export function nameOfCopy(fileName: string): string {
  const { name, ext } = path.parse(fileName.replace(/\.(gz|zst)$/, ''));
  return `${name}-anonymous${ext === '' ? '.trace' : ext}`;
}

/** Null: not wanted after all. Errors: those of the command line, as a sentence. Cost: a pass over the file, elsewhere. */
export async function saveAnonymised(
  trace: { readonly path: string; readonly section: number },
  parts: AnonymiseParts,
): Promise<AnonymisedCopy | null> {
  const fileName = path.basename(trace.path);
  if (!(await parts.ask(`A copy of ${fileName} without its names? ${WHAT_STAYS}`, 'Choose where…'))) return null;
  const target = await parts.chooseTarget(nameOfCopy(fileName));
  if (target === null) return null;
  if (path.resolve(target) === path.resolve(trace.path))
    throw new Error('The copy cannot take the place of the trace itself; choose another name.');
  const said = await parts.run(['anonymise', trace.path, '--section', String(trace.section), '-o', target]);
  const { replaced, kept } = JSON.parse(said) as { replaced: number; kept: number };
  return { path: target, replaced, kept };
}

/** Runs the native command line. Errors: what it says, without its name. */
export function runCli(cli: string, args: readonly string[]): Promise<string> {
  return new Promise((ok, no) =>
    execFile(cli, [...args], { windowsHide: true }, (error, stdout, stderr) => {
      if (error) no(new Error(stderr.replace(/^tracewell: /, '').trim() || error.message));
      else ok(stdout);
    }),
  );
}
