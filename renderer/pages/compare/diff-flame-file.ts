// The differential flame graph for other programs: the same boxes as SVG, and all of its nodes as rows. Pure.

import type { MeasureUnit } from '../../../contract/compare';
import type { Palette } from '../../base/palette';
import type { ChartModel } from '../../charts/chart-model';
import { currentTheme } from '../../charts/chart-theme';
import type { FlameBox, FlameTree } from '../../profile-views/model/flame-tree';
import { mixed } from '../../profile-views/model/graph-svg';
import { SIGN, type DiffNode } from './diff-stacks';
import { differenceText, quantityText, ratioText } from './measure-text';

export const ROW_PX = 22;
const PAD = 16;
const HEAD_PX = 28;
const CHARACTER_PX = 7;

/** How strongly a node is coloured, in per cent: not at all where it is the same in both. */
export const tintOf = (n: DiffNode): number => (n.tone === 'same' ? 0 : 18 + Math.round(n.strength * 52));

export interface DiffPicture {
  readonly boxes: readonly FlameBox[];
  readonly nodes: readonly DiffNode[];
  readonly nameOf: (node: number) => string;
  readonly widthPx: number;
  readonly rowCount: number;
}

/** Units: CSS pixels. */
export const diffSize = (p: DiffPicture): { readonly widthPx: number; readonly heightPx: number } => ({
  widthPx: p.widthPx + 2 * PAD,
  heightPx: p.rowCount * ROW_PX + HEAD_PX + PAD,
});

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

export function svgOfDiff(p: DiffPicture, title: string, palette: Palette): string {
  const { colour } = currentTheme(palette);
  const { widthPx, heightPx } = diffSize(p);
  const boxes = p.boxes.map((box) => {
    const n = p.nodes[box.node]!;
    const hot = n.tone === 'more' ? colour('danger') : colour('info');
    const fill = box.merged > 0 ? palette.ink3 : mixed(hot, tintOf(n) / 100, palette.surface3);
    const [x, y, width] = [PAD + box.x, HEAD_PX + box.row * ROW_PX, Math.max(1, box.width - (box.width > 3 ? 1 : 0))];
    const rect = `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW_PX - 1}" fill="${fill}"/>`;
    const room = Math.floor((width - 10) / CHARACTER_PX);
    const text = `${SIGN[n.tone]} ${p.nameOf(box.node)}`;
    if (box.merged > 0 || room < 3) return rect;
    const shown = text.length > room ? `${text.slice(0, room - 1)}…` : text;
    return `${rect}<text x="${(x + 5).toFixed(1)}" y="${y + 15}" font-size="11.5" fill="${palette.ink}">${escaped(shown)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" font-family="${escaped(colour('font-mono'))}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="${palette.surface}"/>`,
    `<text x="${PAD}" y="18" font-size="13" font-weight="600" fill="${palette.ink}">${escaped(title)}</text>`,
    ...boxes,
    '</svg>\n',
  ].join('\n');
}

const WORDS = { more: 'B has more', less: 'B has less', same: 'the same' } as const;

/** A row for each node, in the order of the tree. */
export function diffTwin(
  tree: FlameTree,
  nodes: readonly DiffNode[],
  nameOf: (node: number) => string,
  unit: MeasureUnit,
): ChartModel['twin'] {
  const figure = (id: string, title: string, help: string, of: (n: DiffNode) => number) => ({
    id,
    title,
    help,
    kind: 'count' as const,
    value: (i: number) => of(nodes[i]!),
    text: (i: number) => quantityText(unit, of(nodes[i]!)),
    widthPx: 104,
  });
  return {
    rowCount: tree.length,
    columns: [
      {
        id: 'function',
        title: 'Function',
        help: 'The function of the box',
        kind: 'code',
        value: nameOf,
        widthPx: 280,
        grows: true,
        fixed: true,
      },
      { id: 'depth', title: 'Depth', help: 'Calls above it', kind: 'id', value: (i) => tree.depth[i]!, widthPx: 70 },
      figure('a', 'A', 'What A has in it and below it', (n) => n.a),
      figure('b', 'B', 'What B has in it and below it', (n) => n.b),
      {
        ...figure('difference', 'Difference', 'B less A', (n) => n.b - n.a),
        text: (i) => differenceText(unit, nodes[i]!.b - nodes[i]!.a),
      },
      {
        id: 'ratio',
        title: 'B ÷ A',
        help: 'B as a multiple of A',
        kind: 'count',
        value: (i) => (nodes[i]!.a > 0 ? nodes[i]!.b / nodes[i]!.a : null),
        text: (i) => ratioText(nodes[i]!.a > 0 ? nodes[i]!.b / nodes[i]!.a : null),
        widthPx: 84,
      },
      {
        id: 'change',
        title: 'Change',
        help: 'Which way it went',
        kind: 'text',
        value: (i) => WORDS[nodes[i]!.tone],
        text: (i) => `${SIGN[nodes[i]!.tone]} ${WORDS[nodes[i]!.tone]}`,
        widthPx: 120,
      },
    ],
  };
}
