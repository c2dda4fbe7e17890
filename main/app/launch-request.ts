// What the command line asks for: `--tracewell-request=<JSON>` from bin/tracewell, or plain file names from the OS.
import path from 'node:path';
import * as v from 'valibot';
import { isLink } from './deep-link';
import { parseRequest } from './launch-words.mjs';

const REQUEST_SWITCH = '--tracewell-request=';

const nanos = v.nullish(v.pipe(v.number(), v.minValue(0)), null);
const pixels = (fallback: number) =>
  v.nullish(v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(8192)), fallback);

const word = v.exactOptional(v.string());

const requestShape = v.object({
  verb: v.picklist(['open', 'shot']),
  files: v.nullish(v.array(v.string()), []),
  compare: v.nullish(v.boolean(), false),
  wait: v.nullish(v.boolean(), false),
  page: v.nullish(v.string(), 'home'),
  out: v.nullish(v.string(), null),
  fromNanos: nanos,
  toNanos: nanos,
  width: pixels(1440),
  height: pixels(900),
  theme: v.nullish(v.picklist(['light', 'dark']), null),
  select: v.nullish(v.string(), null),
  view: v.nullish(v.object({ rows: word, colour: word, filter: word }), null),
  timing: v.nullish(v.boolean(), false),
  limitSeconds: v.nullish(v.pipe(v.number(), v.minValue(1)), 600),
  restore: v.nullish(v.boolean(), true),
  startedAtMs: v.nullish(v.number(), null),
});
export type LaunchRequest = v.InferOutput<typeof requestShape>;

/** The words of a command line, where no launcher of ours has read them: an installed app (native-parse/cli/src/app.rs). */
const WORDS_SWITCH = '--tracewell-words=';
const wordsShape = v.object({ words: v.array(v.string()), cwd: v.string(), startedAtMs: v.number() });

/** A link is no path, and stays as it is. */
const absolute = (directory: string, file: string): string => (isLink(file) ? file : path.resolve(directory, file));

export class BadRequest extends Error {}

/** The words ask for no window: what to say instead, and the exit code of the command. */
export class Refusal extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, text: string) {
    super(text);
    this.exitCode = exitCode;
  }
}

function readWords(json: string): LaunchRequest {
  const { words, cwd, startedAtMs } = v.parse(wordsShape, JSON.parse(json));
  const parsed = parseRequest(words, { cwd, startedAtMs });
  switch (parsed.kind) {
    case 'request':
      return v.parse(requestShape, parsed.request);
    case 'help':
      throw new Refusal(0, parsed.text);
    case 'wrong-usage':
      throw new Refusal(2, `tracewell: ${parsed.sentence}\n${parsed.usage.trimEnd()}\n`);
    case 'error':
      throw new Refusal(1, `tracewell: ${parsed.code}: ${parsed.sentence}\n`);
  }
}

/**
 * The request in an argument list. Errors: BadRequest when the launcher's JSON is not one, Refusal when words ask for no
 * window; an ordinary start never throws.
 * `appPath` is dropped from the file names: a development runtime carries it as its first argument.
 */
export function readLaunchRequest(argv: readonly string[], workingDirectory: string, appPath: string): LaunchRequest {
  const json = argv.find((a) => a.startsWith(REQUEST_SWITCH))?.slice(REQUEST_SWITCH.length);
  if (json !== undefined) {
    try {
      const request = v.parse(requestShape, JSON.parse(json));
      if (request.verb === 'shot' && request.out === null) throw new Error('a picture needs a file to go to (out)');
      return { ...request, files: request.files.map((f) => absolute(workingDirectory, f)) };
    } catch (e) {
      throw new BadRequest(
        `the request of the launcher was not understood: ${e instanceof Error ? e.message : String(e)}`,
      );
    }
  }
  const words = argv.find((a) => a.startsWith(WORDS_SWITCH))?.slice(WORDS_SWITCH.length);
  if (words !== undefined) return readWords(words);
  const files = argv
    .slice(1)
    .filter((a) => a !== '' && !a.startsWith('-'))
    .map((a) => absolute(workingDirectory, a))
    .filter((a) => a !== path.resolve(appPath));
  return v.parse(requestShape, { verb: 'open', files, restore: !argv.includes('--no-restore') });
}
