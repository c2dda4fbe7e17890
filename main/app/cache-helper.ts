// Asks the engine about its cache of indexes, in a process of its own: main loads no native code. The helper is the
// entry of the engines with the argument `--cache`; it answers once and ends.
import type { UtilityProcess } from 'electron';
import * as v from 'valibot';
import type { CacheUsage } from '../../contract/settings';

export type CacheWork = 'usage' | 'clear';
export type ForkHelper = (work: CacheWork) => Pick<UtilityProcess, 'once' | 'kill'>;

const answerShape = v.union([
  v.object({ folder: v.string(), sizeBytes: v.number(), fileCount: v.number() }),
  v.object({ error: v.string() }),
]);

/** What is in the cache, after the work. Errors: a sentence. Cost: a process, some 50 ms. */
export function askCache(work: CacheWork, fork: ForkHelper): Promise<CacheUsage> {
  return new Promise((ok, no) => {
    const helper = fork(work);
    let answered = false;
    helper.once('message', (message: unknown) => {
      answered = true;
      helper.kill();
      const checked = v.safeParse(answerShape, message);
      if (!checked.success) no(new Error('The cache could not be looked at.'));
      else if ('error' in checked.output) no(new Error(checked.output.error));
      else ok(checked.output);
    });
    helper.once('exit', (code: number) => {
      if (!answered) no(new Error(`The cache could not be looked at: its helper ended with code ${code}.`));
    });
  });
}
