// The documents of the guide, as the window shows them. Pure.
import { TOUR_STEPS, type TourStep } from '../../../contract/desk-api';
import faq from '../../../docs/guide/faq.md?raw';
import glossary from '../../../docs/guide/glossary.md?raw';
import pages from '../../../docs/guide/pages.md?raw';
import problems from '../../../docs/guide/problems.md?raw';
import reading from '../../../docs/guide/reading-a-trace.md?raw';
import search from '../../../docs/guide/search.md?raw';
import tour from '../../../docs/tour.md?raw';
import { parseLine, parseMarkdown, wordsOf, type Block, type Line } from './markdown';

export interface GuideDoc {
  /** Name of the file without `.md`, as links name it. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

function doc(id: string, text: string): GuideDoc {
  const [first, ...blocks] = parseMarkdown(text);
  return { id, title: first?.kind === 'heading' ? first.text : id, blocks };
}

/** In the order in which they are listed. */
export const GUIDE: readonly GuideDoc[] = [
  doc('reading-a-trace', reading),
  doc('problems', problems),
  doc('pages', pages),
  doc('search', search),
  doc('faq', faq),
  doc('glossary', glossary),
];

/** From a heading of level 2 to the next one; empty where there is no such heading. */
export function sectionOf({ blocks }: GuideDoc, title: string): readonly Block[] {
  const from = blocks.findIndex((b) => b.kind === 'heading' && b.level === 2 && b.text === title);
  if (from < 0) return [];
  const to = blocks.findIndex((b, i) => i > from && b.kind === 'heading' && b.level <= 2);
  return blocks.slice(from + 1, to < 0 ? undefined : to);
}

/** What a page shows and how it is read: its section of docs/guide/pages.md. */
export const helpOfPage = (title: string): readonly Block[] =>
  sectionOf(
    GUIDE.find((d) => d.id === 'pages')!,
    title,
  );

export interface Term {
  readonly name: string;
  readonly what: Line;
}

/** The items of docs/guide/glossary.md, `**term**: what it is`. */
export const TERMS: readonly Term[] = GUIDE.find((d) => d.id === 'glossary')!.blocks.flatMap((b) =>
  b.kind === 'list'
    ? b.items.map((item) => ({
        name: item[0]?.text ?? '',
        what: parseLine(wordsOf(item.slice(1)).replace(/^: */, '')),
      }))
    : [],
);

export function findTerms(text: string): readonly Term[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return TERMS;
  const inName = TERMS.filter((t) => t.name.toLowerCase().includes(wanted));
  const inWhat = TERMS.filter((t) => !inName.includes(t) && wordsOf(t.what).toLowerCase().includes(wanted));
  return [...inName, ...inWhat];
}

export interface TourStop {
  readonly step: TourStep;
  readonly title: string;
  readonly blocks: readonly Block[];
}

const story = doc('tour', tour);
/** The six sections of docs/tour.md, `## seq: one after the other`. */
export const TOUR: readonly TourStop[] = TOUR_STEPS.map((step) => {
  const heading = story.blocks.find((b) => b.kind === 'heading' && b.level === 2 && b.text.startsWith(`${step}: `));
  const title = heading?.kind === 'heading' ? heading.text : step;
  return { step, title: title.slice(step.length + 2), blocks: sectionOf(story, title) };
});
export const TOUR_INTRO: readonly Block[] = story.blocks.slice(
  0,
  story.blocks.findIndex((b) => b.kind === 'heading'),
);
