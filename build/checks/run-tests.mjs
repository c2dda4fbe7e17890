// `npm test`: all parts, also after one has failed; their counts are summed. The very last line is the sum.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { cacheDir } from '../paths.mjs';
import { runLines } from '../processes.mjs';
import { tryPrepare } from '../setup/prepare.mjs';
import { sumOf, textOf } from './counts.mjs';
import { appParts, headlessParts, staticParts } from './parts.mjs';

/** @typedef {import('./parts.mjs').Part} Part */
/** @typedef {import('./parts.mjs').Context} Context */
/** @typedef {{ name: string, counts: import('./counts.mjs').Counts, seconds: number, note: string }} Result */

/** @param {string[]} args names of parts to run; none: all */
export async function runTests(args) {
  const began = performance.now();
  const all = [...staticParts, ...headlessParts, ...appParts].map((part) => part.name);
  const unknown = args.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    console.error(`There is no part ${unknown.join(', ')}: ${all.join(', ')}`);
    return 2;
  }
  const wanted = (/** @type {Part} */ part) => args.length === 0 || args.includes(part.name);
  // What a run of the tests asks of bin/tracewell is answered by what was built now.
  process.env['TRACEWELL_NO_SETUP'] = '1';
  const { electron, failed } = await tryPrepare('app');
  const reports = join(cacheDir, 'reports');
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  /** @type {Context} */
  const context = { electron, reports };

  /** @type {Result[]} */
  const results = [];
  if (failed.size > 0) {
    results.push({
      name: 'set-up',
      counts: { passed: 0, failed: failed.size, skipped: 0 },
      seconds: 0,
      note: [...failed.keys()].join(', '),
    });
  }
  // Two at a time: each uses one core for the most part. What opens windows has the machine to itself.
  for (const parts of [staticParts, headlessParts]) {
    const queue = parts.filter(wanted);
    const worker = async () => {
      for (let part; (part = queue.shift());) results.push(await runPart(part, context, failed, false));
    };
    await Promise.all([worker(), worker()]);
  }
  for (const part of appParts.filter(wanted)) results.push(await runPart(part, context, failed, true));

  console.log('');
  for (const { name, counts, seconds, note } of results) {
    const mark = counts.failed > 0 ? 'FAILED' : counts.passed > 0 ? 'ok' : '-';
    console.log(
      `${mark.padEnd(7)}${name.padEnd(26)}${textOf(counts).padEnd(38)}${seconds.toFixed(1).padStart(6)} s  ${note}`.trimEnd(),
    );
    // Here as well as above: of a run far away often the end is all that is kept.
    for (const failedTest of counts.names ?? []) console.log(`       ${failedTest}`);
  }
  const sum = sumOf(results.map((result) => result.counts));
  console.log(`All in ${((performance.now() - began) / 1000).toFixed(0)} s.\n${textOf(sum)}`);
  return sum.failed > 0 ? 1 : 0;
}

/**
 * @param {Part} part
 * @param {Context} context
 * @param {ReadonlyMap<string, Error>} failed steps of set-up
 * @param {boolean} live print lines as they come; else only those of a part that failed
 * @returns {Promise<Result>}
 */
async function runPart(part, context, failed, live) {
  const began = performance.now();
  const lacking = (part.needs ?? []).filter((step) => failed.has(step));
  /** @param {import('./counts.mjs').Counts} counts @param {string} [note] @returns {Result} */
  const result = (counts, note = '') => ({
    name: part.name,
    counts,
    seconds: (performance.now() - began) / 1000,
    note,
  });
  if (lacking.length > 0)
    return result({ passed: 0, failed: 1, skipped: 0 }, `cannot run: ${lacking.join(', ')} failed`);
  console.log(live ? `\n=== ${part.name}` : `[test] ${part.name} …`);
  /** @type {string[]} */
  const lines = [];
  const onLine = (/** @type {string} */ line) => {
    lines.push(line);
    if (live) console.log(line);
  };
  try {
    const { counts, note } = await part.run(context, {
      exec: (cmd, args, options) => runLines(cmd, args, { ...options, onLine }),
      lines,
    });
    if (!live) console.log(`[test] ${part.name}: ${textOf(counts)}`);
    if (!live && counts.failed > 0) console.log(lines.join('\n'));
    return result(counts, note);
  } catch (e) {
    const text = e instanceof Error ? e.message : String(e);
    console.log(`[test] ${part.name}: ${text}`);
    return result({ passed: 0, failed: 1, skipped: 0 }, text.split('\n')[0]);
  }
}
