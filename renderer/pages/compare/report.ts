// A comparison as one HTML file that needs nothing else: no script, no request, pictures inline. Pure; whatever comes from a
// trace is written as text.

import type { ComparedStack, Comparison } from '../../../contract/compare';
import { SPAN_STATES } from '../../../contract/blocks/tile';
import { formatCount, formatDurationText } from '../../base/format';
import { flameBoxes, flameTree } from '../../profile-views/model/flame-tree';
import { diffNodes, diffStacks, SIGN } from './diff-stacks';
import { figuresOf, JOINED, JOINED_TEXT, kindOf, rowsOf, type JoinedRow } from './joined-tables';
import { changeMark, differenceText, headline, NORMALISE_TEXT, quantityText, ratioText } from './measure-text';
import type { OverlayCurve } from './overlay-model';
import { statesIn, timelineSvg, type SideTimelineData, type TimelineColours } from './report-timeline';

export interface ReportSide {
  readonly letter: string;
  readonly name: string;
  /** Of the window that was compared; empty for the whole trace. */
  readonly window: string;
}

export interface ReportChart {
  readonly title: string;
  readonly curves: readonly OverlayCurve[];
  readonly log: boolean;
  readonly text: (v: number) => string;
}

export interface ReportInput {
  readonly comparison: Comparison;
  readonly sides: readonly ReportSide[];
  /** One for each side. */
  readonly timelines: readonly SideTimelineData[];
  readonly colours: TimelineColours;
  readonly charts: readonly ReportChart[];
}

/** Rows of one table at most: a report is read, not searched. */
const MOST_ROWS = 40;
const WIDTH_PX = 920;

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]!);

const STYLE = `
:root{color-scheme:light dark;--ink:#161a21;--soft:#596373;--line:#dfe3e9;--ground:#fff;--a:#806504;--b:#3c41d4;--good:#05703f;--bad:#ba1d27;--more:#ba1d27;--less:#176490;--plain:#edf0f4}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebf0;--soft:#9aa4b2;--line:#2c323b;--ground:#14171c;--a:#a99f0d;--b:#b0adfe;--good:#5cc48c;--bad:#ff8079;--more:#ff8079;--less:#6fb8e6;--plain:#22272f}}
body{max-width:${WIDTH_PX + 40}px;margin:32px auto;padding:0 20px;background:var(--ground);color:var(--ink);font:13px/20px system-ui,sans-serif}
h1{font-size:20px}h2{margin-top:32px;font-size:15px}table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:3px 8px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}.n{text-align:right;white-space:nowrap}th{color:var(--soft);font-weight:500}
.good{color:var(--good)}.bad{color:var(--bad)}.soft{color:var(--soft)}code{font:12px ui-monospace,monospace;overflow-wrap:anywhere}
b.A,b.B{display:inline-block;width:18px;border-radius:3px;color:var(--ground);text-align:center}b.A{background:var(--a)}b.B{background:var(--b)}
h3{margin:12px 0 0;font-size:13px;font-weight:500}.key{white-space:nowrap}.key i{display:inline-block;width:10px;height:10px;margin-left:8px}svg{display:block;width:100%;height:auto;margin:8px 0}svg text{fill:var(--ink);font:11px system-ui,sans-serif}svg .soft{fill:var(--soft)}`;

const letter = (l: string): string => `<b class="${escaped(l)}">${escaped(l)}</b>`;
const row = (cells: readonly string[], tag = 'td'): string =>
  `<tr>${cells.map((c) => (c.startsWith('<td') || c.startsWith('<th') ? c : `<${tag}>${c}</${tag}>`)).join('')}</tr>`;
const right = (text: string, more = '', tag = 'td'): string => `<${tag} class="n ${more}">${text}</${tag}>`;

function table(head: readonly string[], rows: readonly string[]): string {
  return `<table><thead>${row(head, 'th')}</thead><tbody>${rows.join('')}</tbody></table>`;
}

const HEAD = [
  right(letter('A'), '', 'th'),
  right(letter('B'), '', 'th'),
  right('Difference', '', 'th'),
  right('B ÷ A', '', 'th'),
  'Change',
];

function summary(c: Comparison): string {
  const rows = c.measures.map((m) => {
    const mark = changeMark(m.change, m.difference);
    return row([
      escaped(m.title),
      right(quantityText(m.unit, m.a)),
      right(quantityText(m.unit, m.b)),
      right(differenceText(m.unit, m.difference), mark.tone),
      right(ratioText(m.ratio), mark.tone),
      `<td class="${mark.tone}">${mark.sign} ${mark.word}</td>`,
    ]);
  });
  return `<h2>Summary</h2>${table(['Figure', ...HEAD], rows)}`;
}

function joinedRow(r: JoinedRow, kind: 'duration' | 'count'): string {
  const unit = kind === 'duration' ? 'ns' : 'count';
  const mark = changeMark(r.change, r.difference);
  const change = r.only ? `only in ${r.only.toUpperCase()}` : `${mark.sign} ${mark.word}`;
  return row([
    `<code>${escaped(r.name)}</code> <span class="soft">${escaped(r.more)}</span>`,
    right(quantityText(unit, r.a)),
    right(quantityText(unit, r.b)),
    right(differenceText(unit, r.difference), mark.tone),
    right(ratioText(r.ratio), mark.tone),
    `<td class="${mark.tone}">${change}</td>`,
  ]);
}

function tables(c: Comparison): string {
  return JOINED.map((id) => {
    const figure = figuresOf(id)[0]!;
    const all = [...rowsOf(c, id, figure.id)].sort((x, y) => Math.abs(y.difference) - Math.abs(x.difference));
    if (all.length === 0) return '';
    const { name, noun } = JOINED_TEXT[id];
    const kind = kindOf(id, figure.id);
    const shown = all.slice(0, MOST_ROWS).map((r) => joinedRow(r, kind));
    const rest =
      all.length > MOST_ROWS ? `<p class="soft">${formatCount(all.length - MOST_ROWS)} more with less change.</p>` : '';
    return `<h2>${name}</h2><p class="soft">${escaped(figure.name)}</p>${table([noun, ...HEAD], shown)}${rest}`;
  }).join('');
}

const ROW_PX = 20;

/** The differential flame graph of a profile. */
export function flameSvg(stacks: readonly ComparedStack[], title: string): string {
  const d = diffStacks(stacks, 'delay');
  const tree = flameTree(d.both, 'delay', false);
  if (tree.total[0] === 0) return '';
  const nodes = diffNodes(tree, d);
  const boxes = flameBoxes(tree, 0, WIDTH_PX).map((box) => {
    const n = nodes[box.node]!;
    const name = box.node === 0 ? 'All' : d.both.functions[tree.functionIx[box.node]!]!.name;
    const tone = n.tone === 'same' ? 'var(--plain)' : `var(--${n.tone})`;
    const opacity = n.tone === 'same' ? 1 : 0.2 + n.strength * 0.5;
    const told = `${name}: A ${formatDurationText(n.a)}, B ${formatDurationText(n.b)}`;
    const label = `${SIGN[n.tone]} ${name}`.slice(0, Math.max(0, Math.floor((box.width - 8) / 6.2)));
    const text =
      box.merged > 0 || label.length < 3
        ? ''
        : `<text x="${(box.x + 4).toFixed(1)}" y="${box.row * ROW_PX + 14}">${escaped(label)}</text>`;
    return `<g><title>${escaped(told)}</title><rect x="${box.x.toFixed(1)}" y="${box.row * ROW_PX}" width="${Math.max(0.5, box.width - 1).toFixed(1)}" height="${ROW_PX - 1}" fill="${tone}" fill-opacity="${opacity.toFixed(2)}"/>${text}</g>`;
  });
  return `<svg role="img" aria-label="${escaped(title)}" viewBox="0 0 ${WIDTH_PX} ${(tree.maxDepth + 1) * ROW_PX}">${boxes.join('')}</svg>`;
}

/** Curves of both on one pair of axes. Empty without a value. */
export function curvesSvg({ title, curves, log, text }: ReportChart): string {
  const there = curves.filter((c) => c.points.some(([, v]) => v !== null));
  const values = there.flatMap((c) => c.points.flatMap(([, v]) => (v === null ? [] : [v])));
  if (values.length === 0) return '';
  const place = (x: number): number => (log ? Math.log10(Math.max(1, x)) : x);
  const xs = there.flatMap((c) => c.points.map(([x]) => place(x)));
  const [from, to, most] = [Math.min(...xs), Math.max(...xs), Math.max(...values) || 1];
  const [left, top, width, height] = [70, 10, WIDTH_PX - 90, 190];
  const px = (x: number): string => (left + ((place(x) - from) / (to - from || 1)) * width).toFixed(1);
  const py = (v: number): string => (top + (1 - v / most) * height).toFixed(1);
  const lines = there.map((c, i) => {
    let pen = 'M';
    const path = c.points
      .map(([x, v]) => {
        if (v === null) {
          pen = 'M';
          return '';
        }
        const step = `${pen}${px(x)} ${py(v)}`;
        pen = 'L';
        return step;
      })
      .join('');
    const dash = c.series.line === 'dashed' ? ' stroke-dasharray="6 4"' : '';
    const key = `<text x="${left + i * 260}" y="${top + height + 36}">${escaped(c.series.name)} ${c.series.line === 'dashed' ? '- - -' : '———'}</text>`;
    return `<path d="${path}" fill="none" stroke="var(--${c.series.line === 'dashed' ? 'b' : 'a'})" stroke-width="2"${dash}/>${key}`;
  });
  const end = (x: number): string => formatDurationText(log ? 10 ** x : x);
  const axes =
    `<path d="M${left} ${top}V${top + height}H${left + width}" fill="none" stroke="var(--line)"/>` +
    `<text class="soft" x="${left - 8}" y="${top + 8}" text-anchor="end">${escaped(text(most))}</text>` +
    `<text class="soft" x="${left - 8}" y="${top + height}" text-anchor="end">${escaped(text(0))}</text>` +
    `<text class="soft" x="${left}" y="${top + height + 18}">${end(from)}</text>` +
    `<text class="soft" x="${left + width}" y="${top + height + 18}" text-anchor="end">${end(to)}</text>`;
  return `<h2>${escaped(title)}</h2><svg role="img" aria-label="${escaped(title)}" viewBox="0 0 ${WIDTH_PX} ${top + height + 44}">${axes}${lines.join('')}</svg>`;
}

/** Both timelines, to one scale. */
function timelinesOf({ sides, timelines, colours }: ReportInput): string {
  if (timelines.length === 0) return '';
  const scale = Math.max(...timelines.map((t) => t.window.toNanos - t.window.fromNanos));
  const pictures = timelines.map((t, i) => {
    const { letter: l = '', name = '' } = sides[i] ?? {};
    const title = escaped(`Timeline of ${l}: ${name}`);
    return `<h3>${letter(l)} ${escaped(name)}</h3>${timelineSvg(t, title, scale, WIDTH_PX, colours)}`;
  });
  const key = statesIn(timelines).map((s) => `<i style="background:${colours.states[s]}"></i> ${SPAN_STATES[s]}`);
  return `<h2>Timelines</h2><p class="soft">On top how many processors run Go code, below what each does; both to one scale. Tinted: the collector marks; ticks at the top: the world is stopped. <span class="key">${key.join(' ')}</span></p>${pictures.join('')}`;
}

export function reportHtml(input: ReportInput): string {
  const { comparison: c, sides, charts } = input;
  const flames = JOINED.flatMap((id) => {
    if (id === 'functions' || id === 'tasks' || id === 'regions') return [];
    const svg = flameSvg(c.profiles[id] ?? [], `What changed: ${JOINED_TEXT[id].name}`);
    return svg === ''
      ? []
      : [
          `<h2>What changed: ${JOINED_TEXT[id].name}</h2><p class="soft">▲ B has more, ▼ B has less; a box is as wide as both together.</p>${svg}`,
        ];
  });
  const files = sides.map(
    (s) => `<li>${letter(s.letter)} ${escaped(s.name)} <span class="soft">${escaped(s.window)}</span></li>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(sides.map((s) => s.name).join(' and '))}</title><style>${STYLE}</style></head>
<body><h1>Compare</h1><ul>${files.join('')}</ul>
<p><b>${escaped(headline(c.measures))}</b> ${escaped(c.sentences.join(' '))}</p>
<p class="soft">Figures: ${escaped(NORMALISE_TEXT[c.normalise].name.toLowerCase())}. Written by Tracewell.</p>
${summary(c)}${timelinesOf(input)}${charts.map(curvesSvg).join('')}${flames.join('')}${tables(c)}</body></html>
`;
}
