// `tracewell open` and `tracewell shot`: starts the built app. Called by bin/tracewell, which has set up what was missing.
import { createWriteStream, mkdtempSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pipeline } from 'node:stream/promises';
import { withDisplay } from './display.mjs';
import { parseRequest } from '../main/app/launch-words.mjs';
import { startApp } from './launch/start-app.mjs';
import { knownElectron } from './setup/electron.mjs';

const parsed = parseRequest(process.argv.slice(2), {
  cwd: process.cwd(),
  startedAtMs: Math.round(performance.timeOrigin),
});
process.exitCode = await answer(parsed);

/** @param {import('../main/app/launch-words.mjs').Parsed} parsed @returns {Promise<number>} the exit code */
async function answer(parsed) {
  if (parsed.kind === 'help') {
    writeSync(1, parsed.text);
    return 0;
  }
  if (parsed.kind === 'wrong-usage') {
    tell(`${parsed.sentence}\n${parsed.usage.trimEnd()}`);
    return 2;
  }
  if (parsed.kind === 'error') {
    tell(`${parsed.code}: ${parsed.sentence}`);
    return 1;
  }
  for (const note of parsed.notes) tell(note);
  const electron = knownElectron();
  if (!electron) {
    tell('INTERNAL: There is no Electron runtime here yet: run npm run setup.');
    return 1;
  }
  const request = { ...parsed.request, files: await Promise.all(parsed.request.files.map(fileOf)) };
  const stays = request.verb === 'open' && !request.wait;
  const display = await withDisplay({ untilUnused: stays });
  try {
    const end = await startApp(request, { exe: electron.exe, env: display.env });
    if (end.error) {
      tell(`${end.error.code}: ${end.error.message}`);
      return 1;
    }
    if (end.timing) writeSync(1, `${JSON.stringify(end.timing)}\n`);
    return 0;
  } finally {
    if (!stays) display.stop();
  }
}

/** Standard input becomes a file: the app reads traces by mapping them. @param {string} file */
async function fileOf(file) {
  if (file !== '-') return file;
  const copy = join(mkdtempSync(join(tmpdir(), 'tracewell-')), 'standard-input.trace');
  await pipeline(process.stdin, createWriteStream(copy));
  return copy;
}

/** @param {string} text */
function tell(text) {
  writeSync(2, `tracewell: ${text}\n`);
}
