// What each tool says → how many passed, failed and were skipped.

/** @typedef {{ passed: number, failed: number, skipped: number, names?: readonly string[] }} Counts `names`: of what failed */

/** @returns {Counts} */
export const none = () => ({ passed: 0, failed: 0, skipped: 0 });

/** @param {readonly Counts[]} list @returns {Counts} */
export function sumOf(list) {
  const sum = none();
  for (const one of list) {
    sum.passed += one.passed;
    sum.failed += one.failed;
    sum.skipped += one.skipped;
  }
  return sum;
}

/** @param {Counts} counts */
export function textOf({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * A tool that ended badly without naming a test that failed (it crashed, it found no tests) counts as one failure.
 * @param {Counts} counts @param {number} exitCode @returns {Counts}
 */
export function withExit(counts, exitCode) {
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** All `test result:` lines of `cargo test`. @param {readonly string[]} lines */
export function countCargo(lines) {
  const sum = sumOf(
    lines.flatMap((line) => {
      const m = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/.exec(line);
      return m ? [{ passed: Number(m[1]), failed: Number(m[2]), skipped: Number(m[3]) }] : [];
    }),
  );
  return { ...sum, names: lines.flatMap((line) => /^---- (.+) stdout ----$/.exec(line)?.[1] ?? []) };
}

/** The last `N passed, N failed, N skipped`, as conformance prints it. @param {readonly string[]} lines */
export function countTotals(lines) {
  const m = lines
    .map((line) => /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(line))
    .findLast((match) => match !== null);
  return m ? { passed: Number(m[1]), failed: Number(m[2]), skipped: Number(m[3]) } : none();
}

/**
 * The JSON report of Vitest; a file that could not even be loaded is one failure.
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: { name: string, status: string, assertionResults: { status: string, fullName: string }[] }[] }} report
 */
export function countVitest(report) {
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const failed = report.testResults.flatMap((file) => file.assertionResults.filter((one) => one.status === 'failed'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
    names: [...unloaded.map((file) => file.name), ...failed.map((one) => one.fullName)],
  };
}

/**
 * @typedef {{ title: string, file: string, line: number, ok: boolean }} Spec
 * @typedef {{ specs?: Spec[], suites?: Suite[] }} Suite
 */

/**
 * The JSON report of Playwright; errors outside tests count as failures.
 * @param {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, errors?: unknown[],
 *   suites?: Suite[] }} report
 */
export function countPlaywright({ stats, errors = [], suites = [] }) {
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
    names: specsOf({ suites })
      .filter((spec) => !spec.ok)
      .map((spec) => `${spec.file}:${spec.line} ${spec.title}`),
  };
}

/** @param {Suite} suite @returns {Spec[]} */
const specsOf = ({ specs = [], suites = [] }) => [...specs, ...suites.flatMap(specsOf)];
