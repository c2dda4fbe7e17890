// Event dumps against goldens: line by line where the golden keeps the dump, else by its running hash.
import { createHash } from 'node:crypto';
import { goldenText, type ReaderFacts } from './corpus';

const HASHED_LINES = 100_000;

/** The first difference as a sentence, null when there is none. With `upTo` only so many events are compared. */
export function eventDifference(name: string, facts: ReaderFacts, answer: string, upTo?: number): string | null {
  const lines = linesOf(answer);
  const dump = goldenText(name, '.events.jsonl');
  if (dump === null) return hashDifference(lines, facts.dump);
  const all = linesOf(dump);
  const wanted = upTo === undefined ? all : all.slice(0, upTo);
  for (const [i, want] of wanted.entries()) {
    const got = lines[i];
    if (got === undefined) return `the answer ends after ${i} of ${wanted.length} events`;
    if (want !== got && canonical(want) !== canonical(got)) return `event ${i}: want ${want} got ${got}`;
  }
  return upTo === undefined && lines.length !== wanted.length ? `${lines.length} events, want ${wanted.length}` : null;
}

/** The golden keeps the first 16 digits of the hash after each 100000 lines and at the end. */
function hashDifference(lines: readonly string[], dump: ReaderFacts['dump']): string | null {
  if (lines.length !== dump.lines) return `${lines.length} events, want ${dump.lines}`;
  const hash = createHash('sha256');
  const marks = dump.sha256_running_every_100000_lines_first_16_hex;
  let mark = 0;
  for (const [i, line] of lines.entries()) {
    hash.update(`${line}\n`);
    const count = i + 1;
    if (count % HASHED_LINES !== 0 && count !== lines.length) continue;
    if (hash.copy().digest('hex').slice(0, 16) !== marks[mark]) return `the text differs before line ${count}`;
    mark++;
  }
  return null;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Keys with null are as good as missing, and their order says nothing. */
function canonical(line: string): string {
  const entries = Object.entries(JSON.parse(line) as Record<string, unknown>).filter(([, value]) => value !== null);
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
