import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { GLOSSARY } from '../../renderer/base/glossary';

/** The page of the guide, made of the same text. */
const page = (): string => ['# Glossary', '', ...GLOSSARY.map((t) => `- **${t.term}**: ${t.means}`), ''].join('\n');

test('the guide has the glossary of the app', () => {
  const file = path.resolve(__dirname, '../../docs/guide/glossary.md');
  expect(readFileSync(file, 'utf8').replace(/\s+/g, ' ')).toBe(page().replace(/\s+/g, ' '));
});

test('terms stand in order, each once', () => {
  const terms = GLOSSARY.map((t) => t.term.toLowerCase());
  expect(new Set(terms).size).toBe(terms.length);
  expect(terms).toEqual([...terms].sort((a, b) => a.localeCompare(b, 'en')));
});
