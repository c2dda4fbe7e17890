import { describe, expect, it } from 'vitest';
import { countCargo, countPlaywright, countTotals, countVitest, sumOf, textOf, withExit } from './counts.mjs';

describe('counts', () => {
  it('adds up every crate that cargo tested', () => {
    const lines = [
      'running 2 tests',
      'test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s',
      '---- rows::tests::kept stdout ----',
      'test result: FAILED. 3 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s',
    ];
    expect(countCargo(lines)).toEqual({ passed: 5, failed: 4, skipped: 1, names: ['rows::tests::kept'] });
  });

  it('takes the last totals, not those of one kind before them', () => {
    const lines = [
      'info:   7 passed, 0 failed, 0 skipped',
      '1 passed, 0 failed, 0 skipped',
      '9 passed, 1 failed, 2 skipped',
    ];
    expect(countTotals(lines)).toEqual({ passed: 9, failed: 1, skipped: 2 });
    expect(countTotals(['nothing to compare'])).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });

  it('counts a test file that does not load', () => {
    const report = {
      numPassedTests: 3,
      numFailedTests: 1,
      numPendingTests: 1,
      numTodoTests: 0,
      testResults: [
        { name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed', fullName: 'adds' }] },
        { name: 'b.test.ts', status: 'failed', assertionResults: [] },
        { name: 'c.test.ts', status: 'failed', assertionResults: [{ status: 'failed', fullName: 'takes away' }] },
      ],
    };
    expect(countVitest(report)).toEqual({ passed: 3, failed: 2, skipped: 1, names: ['b.test.ts', 'takes away'] });
  });

  it('counts errors of Playwright outside tests', () => {
    const stats = { expected: 2, unexpected: 1, flaky: 0, skipped: 3 };
    const spec = { title: 'opens', file: 'home.spec.ts', line: 7, ok: false };
    const suites = [{ suites: [{ specs: [spec, { ...spec, title: 'shuts', ok: true }] }] }];
    const names = ['home.spec.ts:7 opens'];
    expect(countPlaywright({ stats, errors: [{}], suites })).toEqual({ passed: 2, failed: 2, skipped: 3, names });
  });

  it('lets no bad end pass without a failure', () => {
    expect(withExit({ passed: 2, failed: 0, skipped: 0 }, 1)).toEqual({ passed: 2, failed: 1, skipped: 0 });
    expect(withExit({ passed: 2, failed: 3, skipped: 0 }, 1)).toEqual({ passed: 2, failed: 3, skipped: 0 });
    expect(withExit({ passed: 2, failed: 0, skipped: 0 }, 0)).toEqual({ passed: 2, failed: 0, skipped: 0 });
  });

  it('says the sum as people read it', () => {
    const sum = sumOf([
      { passed: 1, failed: 2, skipped: 3 },
      { passed: 10, failed: 0, skipped: 1 },
    ]);
    expect(textOf(sum)).toBe('11 passed, 2 failed, 4 skipped');
  });
});
