// Traces by `go test -trace`: Go writes the trace of one package at a time, so each gets a run and a file of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CaptureSource } from '../../contract/capture-api';
import { exitText } from './capture-program';
import type { CaptureRun } from './capture-run';
import { CaptureError } from './failure';
import { runProcess, type RunResult } from './run-process';

type GoTest = Extract<CaptureSource, { kind: 'go-test' }>;

/** Arguments of `go test` for one package. The test binary goes to a folder that is removed: -trace would leave it in the user's. */
export function goTestArgs(source: GoTest, pkg: string, trace: string, binary: string): string[] {
  const args = ['test', `-trace=${trace}`, `-o=${binary}`];
  if (source.run !== '') args.push(`-run=${source.run}`);
  if (source.bench !== '') args.push(`-bench=${source.bench}`);
  if (source.count > 0) args.push(`-count=${source.count}`);
  // A cached result would write no trace.
  else args.push('-count=1');
  return [...args, pkg];
}

/** Patterns as typed; none may be read as a flag. Errors: BAD_REQUEST. */
export function packagePatterns(typed: string): string[] {
  const patterns = typed
    .trim()
    .split(/\s+/)
    .filter((p) => p !== '');
  const flag = patterns.find((p) => p.startsWith('-'));
  if (flag !== undefined)
    throw new CaptureError('BAD_REQUEST', `“${flag}” is a flag, not a package; give packages like ./... or ./server.`);
  return patterns.length === 0 ? ['.'] : patterns;
}

const go = (
  run: CaptureRun,
  source: GoTest,
  args: readonly string[],
  onPoll: (o: readonly string[]) => Promise<void>,
): Promise<RunResult> =>
  runProcess('go', args, {
    directory: source.directory,
    signal: run.signal,
    maxSeconds: run.limits.maxSeconds,
    pollMs: run.pollMs,
    onPoll,
  });

/** Packages with tests, by import path. Errors: PROGRAM. */
async function listPackages(run: CaptureRun, source: GoTest): Promise<string[]> {
  run.doing('Looking for packages with tests');
  const format = '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}';
  const listed = await go(run, source, ['list', '-f', format, ...packagePatterns(source.packages)], () =>
    Promise.resolve(),
  );
  run.said(listed.output);
  if (listed.exitCode !== 0)
    throw new CaptureError(
      'PROGRAM',
      `go list failed in ${source.directory} (${exitText(listed.exitCode)}); what it said is below.`,
    );
  const found = listed.stdout.split('\n').filter((l) => l !== '');
  if (found.length === 0)
    throw new CaptureError('PROGRAM', `No package of ${source.packages || '.'} in ${source.directory} has tests.`);
  return found;
}

export async function captureGoTest(run: CaptureRun, source: GoTest): Promise<void> {
  const packages = await listPackages(run, source);
  const folder = await mkdtemp(path.join(tmpdir(), 'tracewell-go-test-'));
  try {
    let kept = 0;
    for (const [i, pkg] of packages.entries()) {
      run.doing(packages.length === 1 ? `Testing ${pkg}` : `Testing ${pkg} (${i + 1} of ${packages.length})`);
      if (await testOne(run, source, pkg, packages.length > 1, path.join(folder, 'x.test'))) kept++;
    }
    if (kept === 0) throw new CaptureError('PROGRAM', 'No test wrote a trace; what go said is below.');
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** One package. False: no trace came of it (a note says so). */
async function testOne(run: CaptureRun, source: GoTest, pkg: string, many: boolean, binary: string): Promise<boolean> {
  const part = await run.newPart(many ? pkg : null);
  const result = await go(run, source, goTestArgs(source, pkg, part.path, binary), (output) => run.wrote(part, output));
  run.said(result.output);
  if ((await part.sizeBytes()) === 0) {
    await run.drop(part);
    run.note(`${pkg}: no trace was written (${exitText(result.exitCode)}).`);
    return false;
  }
  await run.keep(part);
  if (result.exitCode !== 0) run.note(`${pkg}: tests failed (${exitText(result.exitCode)}); the trace is of that run.`);
  return true;
}
