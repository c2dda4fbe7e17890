// The words of `tracewell open` and `tracewell shot` → what main is asked to do.
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * @typedef {object} LaunchRequest handed to main as `--tracewell-request=<JSON>`
 * @property {'open' | 'shot'} verb
 * @property {readonly string[]} files absolute paths
 * @property {boolean} compare the files are to be seen beside each other
 * @property {boolean} wait
 * @property {boolean} restore the tabs of the last session come back
 * @property {string | null} page
 * @property {string | null} out absolute path of the picture
 * @property {number | null} fromNanos
 * @property {number | null} toNanos
 * @property {number} width
 * @property {number} height
 * @property {'light' | 'dark' | null} theme
 * @property {string | null} select
 * @property {{ readonly rows?: string, readonly colour?: string, readonly filter?: string } | null} view how View trace shows it; null: as at first
 * @property {boolean} timing
 * @property {number} limitSeconds no picture after so long: the command gives up
 * @property {number} startedAtMs when the command began, as Date.now() counts
 */

/**
 * @typedef {{ kind: 'request', request: LaunchRequest, notes: readonly string[] }
 *   | { kind: 'help', text: string }
 *   | { kind: 'wrong-usage', sentence: string, usage: string }
 *   | { kind: 'error', code: string, sentence: string }} Parsed
 */

/** Pages by the first part of their name; those with `true` need something behind a slash, `null`: may have it. */
const PAGES = /** @type {const} */ ({
  start: false,
  home: false,
  'view-trace': false,
  goroutines: null,
  goroutine: true,
  network: false,
  sync: false,
  syscall: false,
  sched: false,
  other: false,
  wall: false,
  cpu: false,
  processors: false,
  tasks: false,
  task: true,
  regions: false,
  region: true,
  mmu: false,
  gc: false,
  insights: false,
  events: null,
  compare: false,
  settings: false,
  capture: false,
});
const PAGES_WITHOUT_FILE = new Set(['start', 'settings', 'capture']);

/** The words of a link (contract/places.ts); the first is what stands without them. @type {Record<'rows' | 'colour', string[]>} */
const VIEW = {
  rows: ['processors', 'threads', 'goroutines', 'tasks'],
  colour: ['state', 'goroutine', 'function'],
};
const VIEW_OPTIONS = ['--rows', '--colour', '--filter'];

const SIZE_LIMITS = { min: 320, max: 8192 };
/** Seconds. The default is several times what the largest trace that we know of takes to be indexed. */
const TIME_LIMITS = { min: 1, max: 86_400, usual: 600 };

export const USAGE = {
  compare: `usage: tracewell compare A B [C…] --open

Opens the app on these traces beside each other. Without --open the comparison is printed as JSON:
tracewell compare --help says how.
`,
  open: `usage: tracewell [open] [FILE…] [--wait] [--no-restore]

Opens the app on these traces; without files, its start page. Returns when the window is shown.
  --wait        returns when the window is closed
  --no-restore  leaves the tabs of the last session closed
`,
  shot: `usage: tracewell shot FILE [FILE2] --page PAGE -o OUT.png [--from NS --to NS] [--size WxH]
                     [--theme light|dark] [--select ID] [--rows KIND] [--colour BY] [--filter QUERY]
                     [--limit SECONDS] [--timing]

Makes a picture of a page of the app when nothing is pending any more.
  --page PAGE      ${Object.keys(PAGES).slice(0, 11).join(', ')},
                   ${Object.keys(PAGES).slice(11).join(', ')};
                   goroutines/FUNCTION, goroutine/ID, task/ID and region/NAME with names percent-encoded
  -o OUT.png       the picture, written whole or not at all
  --from, --to NS  the part of the trace to show, in nanoseconds from its first event
  --size WxH       the page's size in pixels (1440x900)
  --theme THEME    light or dark (light)
  --select ID      what to select
  --rows KIND      View trace's rows: ${VIEW.rows.join(', ')} (${VIEW.rows[0]})
  --colour BY      its colours: by ${VIEW.colour.join(', ')} (${VIEW.colour[0]})
  --filter QUERY   of its rows, in the search language
  --limit SECONDS  how long to wait for the picture (${TIME_LIMITS.usual}); then the command ends with 1, says what the page
                   still waited for, and leaves no picture
  --timing         a JSON line with the times and the peak memory on standard output
`,
};

/**
 * @param {readonly string[]} words what stands behind `tracewell`
 * @param {{ cwd: string, startedAtMs: number }} context
 * @returns {Parsed}
 */
export function parseRequest(words, { cwd, startedAtMs }) {
  const verb = words[0] === 'shot' ? 'shot' : 'open';
  const compare = words[0] === 'compare';
  const rest = words[0] === 'open' || words[0] === 'shot' || compare ? words.slice(1) : words;
  const usage = USAGE[compare ? 'compare' : verb];
  const wrong = (/** @type {string} */ sentence) => /** @type {const} */ ({ kind: 'wrong-usage', sentence, usage });

  /** @type {Map<string, string>} */
  const options = new Map();
  /** @type {string[]} */
  const names = [];
  const flags = verb === 'open' ? ['--wait', '--no-restore', ...(compare ? ['--open'] : [])] : ['--timing'];
  const valued =
    verb === 'open'
      ? []
      : ['--page', '-o', '--from', '--to', '--size', '--theme', '--select', '--limit', ...VIEW_OPTIONS];
  for (let i = 0, onlyNames = false; i < rest.length; i++) {
    const word = /** @type {string} */ (rest[i]);
    const [name = '', ...value] = word.split('=');
    if (onlyNames || word === '-' || !word.startsWith('-')) names.push(word);
    else if (word === '--') onlyNames = true;
    else if (word === '--help' || word === '-h') return { kind: 'help', text: usage };
    else if (name === '-http')
      return wrong(
        'Tracewell is an app with a window of its own and serves no pages, so -http has no meaning: leave it out.',
      );
    else if (name === '-d') return wrong(oldDebugFlag(value.join('=')));
    else if (flags.includes(word)) options.set(word, '');
    else if (valued.includes(name)) {
      const given = value.length > 0 ? value.join('=') : rest[++i];
      if (given === undefined) return wrong(`${name} needs a value.`);
      options.set(name, given);
    } else return wrong(`${word} is not an option of ${compare ? 'compare --open' : verb}.`);
  }

  const notes = [];
  const [first, second] = names;
  if (verb === 'open' && !compare && first && second && names.length === 2 && isExecutable(resolve(cwd, first))) {
    notes.push(`${first} is a program; only traces of Go 1.5 need theirs, so it is left out.`);
    names.shift();
  }
  if (compare && names.length < 2) return wrong('compare needs two traces at least.');
  const files = names.map((name) => (name === '-' || isLink(name) ? name : resolve(cwd, name)));
  if (files.filter((file) => file === '-').length > 1) return wrong('Standard input can be read once only.');
  const missing = files.find((file) => file !== '-' && !isLink(file) && !existsSync(file));
  if (missing)
    return { kind: 'error', code: 'NOT_FOUND', sentence: `There is no file ${missing}: check its name and folder.` };

  const from = nanosOf(options.get('--from'));
  const to = nanosOf(options.get('--to'));
  if (from === undefined || to === undefined)
    return wrong('--from and --to are whole nanoseconds from the first event.');
  if ((from === null) !== (to === null)) return wrong('--from and --to belong together.');
  if (from !== null && to !== null && from >= to) return wrong('--from must be less than --to.');
  const theme = options.get('--theme') ?? null;
  if (theme !== null && theme !== 'light' && theme !== 'dark') return wrong('--theme is light or dark.');
  const [rows, colour, filter] = VIEW_OPTIONS.map((name) => options.get(name));
  for (const [name, given] of /** @type {const} */ ([
    ['rows', rows],
    ['colour', colour],
  ]))
    if (given !== undefined && !VIEW[name].includes(given)) return wrong(`--${name} is ${VIEW[name].join(', ')}.`);
  const view = {
    ...(rows === undefined ? {} : { rows }),
    ...(colour === undefined ? {} : { colour }),
    ...(filter === undefined ? {} : { filter }),
  };
  const size = sizeOf(options.get('--size') ?? '1440x900');
  if (!size) return wrong(`--size is WIDTHxHEIGHT in pixels, each from ${SIZE_LIMITS.min} to ${SIZE_LIMITS.max}.`);
  const limitSeconds = Number(options.get('--limit') ?? TIME_LIMITS.usual);
  if (!Number.isInteger(limitSeconds) || limitSeconds < TIME_LIMITS.min || limitSeconds > TIME_LIMITS.max)
    return wrong(`--limit is whole seconds, from ${TIME_LIMITS.min} to ${TIME_LIMITS.max}.`);
  const page = options.get('--page') ?? null;
  const out = options.get('-o') ?? null;
  if (verb === 'shot') {
    if (page === null || out === null) return wrong('shot needs --page and -o.');
    if (!isPage(page)) return wrong(`There is no page ${page}.`);
    const wanted = page === 'compare' ? 2 : PAGES_WITHOUT_FILE.has(page) ? 0 : 1;
    if (Object.keys(view).length > 0 && page !== 'view-trace')
      return wrong(`${VIEW_OPTIONS.join(', ')} are of the page view-trace.`);
    if (files.length < wanted) return wrong(`The page ${page} needs ${wanted === 2 ? 'two files' : 'a file'}.`);
    if (page !== 'compare' && files.length > Math.max(wanted, 1))
      return wrong(`The page ${page} takes no more than ${Math.max(wanted, 1)} of these files.`);
    const folder = dirname(resolve(cwd, out));
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      return {
        kind: 'error',
        code: 'NOT_FOUND',
        sentence: `There is no folder ${folder} for the picture: make it first.`,
      };
    }
  }
  return {
    kind: 'request',
    notes,
    request: {
      verb,
      files,
      compare,
      wait: options.has('--wait'),
      restore: !options.has('--no-restore'),
      page,
      out: out === null ? null : resolve(cwd, out),
      fromNanos: from,
      toNanos: to,
      ...size,
      theme,
      select: options.get('--select') ?? null,
      view: Object.keys(view).length > 0 ? view : null,
      timing: options.has('--timing'),
      limitSeconds,
      startedAtMs,
    },
  };
}

/** @param {string} mode what stood behind `-d=` of go tool trace */
function oldDebugFlag(mode) {
  if (mode === 'footprint')
    return 'What go tool trace prints with -d=footprint is here: tracewell info FILE --footprint';
  return 'What go tool trace prints with -d is here: tracewell events FILE';
}

/** `tracewell://open?…`: main reads it (main/app/deep-link.ts). @param {string} name */
function isLink(name) {
  return /^tracewell:/i.test(name);
}

/** @param {string} page */
function isPage(page) {
  const slash = page.indexOf('/');
  const [head, tail] = slash < 0 ? [page, null] : [page.slice(0, slash), page.slice(slash + 1)];
  if (!Object.hasOwn(PAGES, head)) return false;
  const needs = PAGES[/** @type {keyof typeof PAGES} */ (head)];
  return needs === null ? tail !== '' : needs ? Boolean(tail) : tail === null;
}

/** @param {string | undefined} text @returns {number | null | undefined} undefined: not a time */
function nanosOf(text) {
  if (text === undefined) return null;
  const nanos = /^\d+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(nanos) ? nanos : undefined;
}

/** @param {string} text */
function sizeOf(text) {
  const m = /^(\d+)x(\d+)$/.exec(text);
  const [width, height] = [Number(m?.[1]), Number(m?.[2])];
  const fits = (/** @type {number} */ n) => n >= SIZE_LIMITS.min && n <= SIZE_LIMITS.max;
  return fits(width) && fits(height) ? { width, height } : null;
}

/** ELF, Mach-O or PE: what `go tool trace BINARY FILE` had as its first word. @param {string} path */
function isExecutable(path) {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const head = Buffer.alloc(4);
  const fd = openSync(path, 'r');
  try {
    readSync(fd, head, 0, 4, 0);
  } finally {
    closeSync(fd);
  }
  const magic = head.toString('latin1');
  return magic === '\x7fELF' || magic.startsWith('MZ') || magic === '\xcf\xfa\xed\xfe' || magic === '\xca\xfe\xba\xbe';
}
