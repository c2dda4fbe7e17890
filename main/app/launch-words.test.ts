import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRequest } from './launch-words.mjs';

let cwd = '';

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'tracewell-request-'));
  writeFileSync(join(cwd, 'a.trace'), 'go 1.26 trace');
  writeFileSync(join(cwd, 'b.trace'), 'go 1.26 trace');
  writeFileSync(join(cwd, 'program'), '\x7fELF and more');
});

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const parse = (...words: string[]) => parseRequest(words, { cwd, startedAtMs: 7 });
const shot = (...words: string[]) => parse('shot', 'a.trace', '--page', 'home', '-o', 'x.png', ...words);

describe('parseRequest', () => {
  it.each([[[]], [['open']]])('opens the start page without files: %j', (words) => {
    expect(parse(...words)).toMatchObject({
      kind: 'request',
      request: { verb: 'open', files: [], wait: false, startedAtMs: 7 },
    });
  });

  it('opens files by their absolute paths, with and without the verb', () => {
    const files = [join(cwd, 'a.trace'), join(cwd, 'b.trace')];
    expect(parse('a.trace', 'b.trace', '--wait')).toMatchObject({ request: { verb: 'open', files, wait: true } });
    expect(parse('open', '--', 'a.trace', 'b.trace')).toMatchObject({ request: { files, wait: false } });
    expect(parse('open', '-')).toMatchObject({ request: { files: ['-'] } });
  });

  it('reads every option of shot', () => {
    const words = [
      '--page',
      'view-trace',
      '-o',
      'x.png',
      '--from',
      '5',
      '--to=900',
      '--size',
      '1024x700',
      '--theme',
      'dark',
      '--select',
      'g26',
      '--rows=goroutines',
      '--filter',
      'fn:main',
      '--timing',
      '--limit',
      '30',
    ];
    expect(parse('shot', 'a.trace', ...words)).toEqual({
      kind: 'request',
      notes: [],
      request: {
        verb: 'shot',
        files: [join(cwd, 'a.trace')],
        compare: false,
        wait: false,
        restore: true,
        page: 'view-trace',
        out: join(cwd, 'x.png'),
        fromNanos: 5,
        toNanos: 900,
        width: 1024,
        height: 700,
        theme: 'dark',
        select: 'g26',
        view: { rows: 'goroutines', filter: 'fn:main' },
        timing: true,
        limitSeconds: 30,
        startedAtMs: 7,
      },
    });
  });

  it('takes pages with a name behind them, percent-encoded', () => {
    const page = 'goroutines/net%2Fhttp.(*conn).serve';
    expect(parse('shot', 'a.trace', '--page', page, '-o', 'x.png')).toMatchObject({ request: { page } });
    expect(parse('shot', '--page', 'start', '-o', 'x.png')).toMatchObject({ request: { files: [] } });
    expect(parse('shot', 'a.trace', 'b.trace', '--page', 'compare', '-o', 'x.png')).toMatchObject({ kind: 'request' });
  });

  it.each([
    [['shot', 'a.trace'], 'shot needs --page and -o.'],
    [
      ['shot', 'a.trace', '--page', 'gc', '-o', 'x.png', '--rows', 'threads'],
      '--rows, --colour, --filter are of the page view-trace.',
    ],
    [
      ['shot', 'a.trace', '--page', 'view-trace', '-o', 'x.png', '--rows', 'cats'],
      '--rows is processors, threads, goroutines, tasks.',
    ],
    [['shot', 'a.trace', '--page', 'nowhere', '-o', 'x.png'], 'There is no page nowhere.'],
    [['shot', 'a.trace', '--page', 'goroutine', '-o', 'x.png'], 'There is no page goroutine.'],
    [['shot', 'a.trace', '--page', 'home/x', '-o', 'x.png'], 'There is no page home/x.'],
    [['shot', '--page', 'home', '-o', 'x.png'], 'The page home needs a file.'],
    [['shot', 'a.trace', '--page', 'compare', '-o', 'x.png'], 'The page compare needs two files.'],
    [['shot', 'a.trace', '--page'], '--page needs a value.'],
    [['open', '--page', 'home'], '--page is not an option of open.'],
    [['open', '-', '-'], 'Standard input can be read once only.'],
  ])('refuses %j', (words, sentence) => {
    expect(parse(...words)).toMatchObject({ kind: 'wrong-usage', sentence });
  });

  it.each([
    [['--from', '5'], '--from and --to belong together.'],
    [['--from', '5', '--to', '5'], '--from must be less than --to.'],
    [['--from', '-5', '--to', '5'], '--from and --to are whole nanoseconds from the first event.'],
    [['--from', '1', '--to', '1e9'], '--from and --to are whole nanoseconds from the first event.'],
    [['--theme', 'blue'], '--theme is light or dark.'],
    [['--size', '10x10'], '--size is WIDTHxHEIGHT in pixels, each from 320 to 8192.'],
  ])('refuses shot %j', (words, sentence) => {
    expect(shot(...words)).toMatchObject({ kind: 'wrong-usage', sentence });
  });

  it('F161: opens files of this computer beside each other', () => {
    expect(parse('compare', 'a.trace', 'b.trace', '--open')).toMatchObject({
      kind: 'request',
      request: { verb: 'open', compare: true, files: [join(cwd, 'a.trace'), join(cwd, 'b.trace')] },
    });
    expect(parse('compare', 'a.trace', '--open')).toMatchObject({ sentence: 'compare needs two traces at least.' });
    expect(parse('compare', 'a.trace', 'b.trace', '--open', '--normalise')).toMatchObject({ kind: 'wrong-usage' });
  });

  it('answers old habits in a sentence', () => {
    expect(parse('-http=:8080', 'a.trace')).toMatchObject({
      kind: 'wrong-usage',
      sentence: expect.stringContaining('serves no pages'),
    });
    expect(parse('-d=footprint', 'a.trace')).toMatchObject({
      sentence: expect.stringContaining('tracewell info FILE --footprint'),
    });
    expect(parse('-d', 'a.trace')).toMatchObject({ sentence: expect.stringContaining('tracewell events FILE') });
    expect(parse('program', 'a.trace')).toMatchObject({
      notes: ['program is a program; only traces of Go 1.5 need theirs, so it is left out.'],
      request: { files: [join(cwd, 'a.trace')] },
    });
  });

  it('names a file or a folder that is not there', () => {
    expect(parse('gone.trace')).toMatchObject({ kind: 'error', code: 'NOT_FOUND' });
    expect(parse('shot', 'a.trace', '--page', 'home', '-o', 'no/x.png')).toMatchObject({
      kind: 'error',
      code: 'NOT_FOUND',
    });
  });

  it('gives the usage of the verb', () => {
    expect(parse('shot', '--help')).toMatchObject({
      kind: 'help',
      text: expect.stringContaining('usage: tracewell shot'),
    });
  });
});
