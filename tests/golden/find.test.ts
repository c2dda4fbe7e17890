import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { answerTo, ask, tracePath } from './corpus';

/** Made by find-answers.py from the dumps of the reference reader. */
interface Wanted {
  readonly trace: string;
  readonly query: string;
  readonly count: number;
  readonly first: readonly number[];
  readonly sha256: string;
}

const wanted = JSON.parse(readFileSync(path.join(__dirname, 'find-answers.json'), 'utf8')) as Wanted[];
const file = tracePath('traces', 'go1.26-tasks');

function indexes(lines: string): number[] {
  const found = lines.split('\n').filter((line) => line !== '');
  return found.map((line) => (JSON.parse(line) as { i: number }).i);
}

describe('F147: events --find answers what an independent count over the dumps answers', () => {
  it.each(wanted)('$trace $query', async ({ trace, query, count, first, sha256 }) => {
    const found = indexes(await answerTo('events', tracePath('traces', trace), '--find', query));
    expect(found.length).toBe(count);
    expect(found.slice(0, 3)).toEqual(first);
    expect(createHash('sha256').update(found.join(',')).digest('hex').slice(0, 16)).toBe(sha256);
  });

  it('there are thirty of them and more, and none is trivial', () => {
    expect(wanted.length).toBeGreaterThanOrEqual(30);
    expect(wanted.filter((w) => w.count > 0).length).toBe(wanted.length);
  });
});

describe('F151: events --find beside other options', () => {
  it('F126: logs of the whole trace are searched by message and category', async () => {
    const logs = (await answerTo('events', file)).split('\n').filter((line) => line.includes('"k":"Log"'));
    type Log = { readonly cat: string; readonly msg: string };
    const passes = { 'log:"without category"': /without category/, 'cat:orderID': /^orderID$/ };
    for (const [query, pattern] of Object.entries(passes)) {
      const wanted = logs.filter((line) => {
        const { cat, msg } = JSON.parse(line) as Log;
        return pattern.test(query.startsWith('cat') ? cat : msg);
      });
      expect(wanted.length).toBeGreaterThan(5);
      const found = (await answerTo('events', file, '--find', query)).split('\n').filter((line) => line !== '');
      expect(found, query).toEqual(wanted);
    }
  });

  it('keeps lines as they are, with their number in the trace', async () => {
    const all = (await answerTo('events', file)).split('\n');
    const some = (await answerTo('events', file, '--find', 'kind:Log')).split('\n');
    expect(some).toEqual(all.filter((line) => line.includes('"k":"Log"') || line === ''));
  });

  it('counts hits, not events, against the limit, and keeps to the range', async () => {
    const logs = indexes(await answerTo('events', file, '--find', 'kind:Log'));
    expect(indexes(await answerTo('events', file, '--find', 'kind:Log', '--limit', '2'))).toEqual(logs.slice(0, 2));
    const late = indexes(await answerTo('events', file, '--find', 'kind:Log', '--from', '1000000', '--to', '3000000'));
    expect(late).toEqual(indexes(await answerTo('events', file, '--find', 'kind:Log t:1ms..3ms')));
  });
});

describe('F147: a query that cannot be read', () => {
  it.each([
    ['g:1 foo:2', 'column 5 to 7', 'Unknown field "foo"', 'reason'],
    ['dur>1banana', 'column 5 to 11', 'wants a duration', '10us'],
    ['state:runing', 'column 7 to 12', 'no state "runing"', 'runnable'],
    ['(a or b', 'column 1', 'not closed', ')'],
    ['/a(/', 'column 1 to 4', 'regular expression is wrong', 'unclosed group'],
  ])('%s', async (query, place, why, expected) => {
    const { code, out, err } = await ask('events', file, '--find', query);
    expect([code, out]).toEqual([2, '']);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    for (const text of [place, why, expected]) expect(err).toContain(text);
  });
});
