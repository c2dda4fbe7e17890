import { expect, test } from 'vitest';
import { PAGES } from '../pages';
import { findTerms, GUIDE, helpOfPage, TERMS, TOUR, TOUR_INTRO } from './guide-docs';
import { parseMarkdown, wordsOf } from './markdown';

test('F178: each page says in place what it shows and how to read it', () => {
  for (const title of [...PAGES.map((p) => p.title), 'Start', 'Capture', 'Settings']) {
    const words = helpOfPage(title)
      .map((b) => (b.kind === 'paragraph' ? wordsOf(b.line) : b.kind === 'heading' ? b.text : ''))
      .join('\n');
    expect(words.length, title).toBeGreaterThan(200);
    expect(words, title).toMatch(/How to read it|How to use it/);
  }
});

test('F179: the glossary explains the words of the scheduler and the collector', () => {
  const names = TERMS.map((t) => t.name);
  for (const word of [
    'G, goroutine',
    'P, processor',
    'M, thread',
    'runnable',
    'assist',
    'stop-the-world (STW)',
    'sweep',
  ])
    expect(names).toContain(word);
  for (const term of TERMS) expect(wordsOf(term.what).length, term.name).toBeGreaterThan(10);
  expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en', { sensitivity: 'base' })));
  expect(findTerms('stw')[0]?.name).toBe('stop-the-world (STW)');
  expect(findTerms('trace.NewTask').map((t) => t.name)).toEqual(['task']);
  expect(findTerms('no such word')).toEqual([]);
});

test('F180: the tour has six stops, each with a story', () => {
  expect(TOUR.map((s) => s.step)).toEqual(['seq', 'pixel', 'col', 'workers', 'workersbuf', 'colworkersbuf']);
  for (const stop of TOUR) {
    expect(stop.title, stop.step).not.toBe('');
    expect(
      stop.blocks.some((b) => b.kind === 'paragraph'),
      stop.step,
    ).toBe(true);
  }
  expect(TOUR_INTRO.length).toBeGreaterThan(0);
});

test('every document has a title, and its links lead to documents', () => {
  for (const { id, title, blocks } of GUIDE) {
    expect(title, id).not.toBe(id);
    expect(blocks.length, id).toBeGreaterThan(0);
  }
});

test('Markdown becomes data', () => {
  expect(
    parseMarkdown(
      '# T\n\nOne **bold** `c`\nline [x](y.md).\n\n- a\n  more\n- b\n\n```\ncode\n```\n| h |\n| - |\n| r |\n![p](q.png)\n',
    ),
  ).toEqual([
    { kind: 'heading', level: 1, text: 'T' },
    {
      kind: 'paragraph',
      line: [
        { kind: 'text', text: 'One ' },
        { kind: 'bold', text: 'bold' },
        { kind: 'text', text: ' ' },
        { kind: 'code', text: 'c' },
        { kind: 'text', text: ' line ' },
        { kind: 'link', text: 'x', to: 'y.md' },
        { kind: 'text', text: '.' },
      ],
    },
    { kind: 'list', ordered: false, items: [[{ kind: 'text', text: 'a more' }], [{ kind: 'text', text: 'b' }]] },
    { kind: 'code', text: 'code' },
    { kind: 'table', head: [[{ kind: 'text', text: 'h' }]], rows: [[[{ kind: 'text', text: 'r' }]]] },
  ]);
});
