// The Markdown of our own guide as data: headings, paragraphs, lists, tables, code, and in a line **bold**, `code` and
// links. Nothing becomes HTML. Pure.

export type Span =
  | { readonly kind: 'text' | 'bold' | 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly to: string };
export type Line = readonly Span[];

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly line: Line }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly Line[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'table'; readonly head: readonly Line[]; readonly rows: readonly (readonly Line[])[] };

const INLINE = /\*\*(.+?)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^)]+)\)/g;

export function parseLine(text: string): Line {
  const spans: Span[] = [];
  let from = 0;
  for (const m of text.matchAll(INLINE)) {
    if (m.index > from) spans.push({ kind: 'text', text: text.slice(from, m.index) });
    if (m[1] !== undefined) spans.push({ kind: 'bold', text: m[1] });
    else if (m[2] !== undefined) spans.push({ kind: 'code', text: m[2] });
    else spans.push({ kind: 'link', text: m[3] ?? '', to: m[4] ?? '' });
    from = m.index + m[0].length;
  }
  if (from < text.length) spans.push({ kind: 'text', text: text.slice(from) });
  return spans;
}

/** The words alone, as they are searched and spoken. */
export const wordsOf = (line: Line): string => line.map((s) => s.text).join('');

const cells = (row: string): Line[] =>
  row
    .replace(/^\s*\||\|\s*$/g, '')
    .split('|')
    .map((c) => parseLine(c.trim()));

const ITEM = /^(?:[-*]|(\d+)\.) +/;

export function parseMarkdown(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  let i = 0;
  const take = (goesOn: (line: string) => boolean): string[] => {
    const from = i;
    while (i < lines.length && goesOn(lines[i]!)) i++;
    return lines.slice(from, i);
  };
  while (i < lines.length) {
    const line = lines[i]!;
    const heading = /^(#+) +(.*)$/.exec(line);
    if (line.trim() === '' || line.startsWith('![')) i++;
    else if (heading) {
      blocks.push({ kind: 'heading', level: heading[1]!.length, text: heading[2]! });
      i++;
    } else if (line.startsWith('```')) {
      i++;
      blocks.push({ kind: 'code', text: take((l) => !l.startsWith('```')).join('\n') });
      i++;
    } else if (line.startsWith('|')) {
      const [head = '', , ...rows] = take((l) => l.startsWith('|'));
      blocks.push({ kind: 'table', head: cells(head), rows: rows.map(cells) });
    } else if (ITEM.test(line)) {
      const items: string[] = [];
      // What is indented goes on with the item above it.
      for (const l of take((one) => ITEM.test(one) || /^ +\S/.test(one)))
        if (ITEM.test(l)) items.push(l.replace(ITEM, ''));
        else items.push(`${items.pop() ?? ''} ${l.trim()}`);
      blocks.push({ kind: 'list', ordered: /^\d/.test(line), items: items.map(parseLine) });
    } else {
      const words = take((l) => l.trim() !== '' && !/^(#|```|\||!\[)/.test(l) && !ITEM.test(l));
      blocks.push({ kind: 'paragraph', line: parseLine(words.map((l) => l.trim()).join(' ')) });
    }
  }
  return blocks;
}
