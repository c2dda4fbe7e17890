// The overview for other programs: the same picture as SVG, and its figures as rows. Pure.

import type { Palette } from '../../base/palette';
import type { ChartModel } from '../../charts/chart-model';
import { SvgContext } from '../../timeline/svg-context';
import type { Column } from '../../widgets/table/columns';
import { drawPlot, OVERVIEW_HEIGHT, OVERVIEW_PAD, type OverviewPicture } from './draw-overview';

const HEAD_PX = 28;
/** Of the face at 11 px, for labels that must not stand over the edge. */
const CHARACTER_PX = 6;

/** Units: CSS pixels. */
export const overviewSize = (p: OverviewPicture): { readonly widthPx: number; readonly heightPx: number } => ({
  widthPx: p.running.length + 2 * OVERVIEW_PAD,
  heightPx: OVERVIEW_HEIGHT + HEAD_PX,
});

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

export function svgOfOverview(p: OverviewPicture, title: string, palette: Palette): string {
  const { widthPx, heightPx } = overviewSize(p);
  const plot = new SvgContext('overview', (text) => text.length * CHARACTER_PX);
  drawPlot(plot.ctx, p.running.length, p, { hoverX: null, dragged: null }, palette);
  const font = palette.fontUi.replaceAll('"', "'");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" font-family="${font}">`,
    `<rect width="100%" height="100%" fill="${palette.surface}"/>`,
    `<text x="${OVERVIEW_PAD}" y="18" font-size="13" font-weight="600" fill="${palette.ink}">${escaped(title)}</text>`,
    plot.group(OVERVIEW_PAD, HEAD_PX, p.running.length, OVERVIEW_HEIGHT),
    '</svg>\n',
  ].join('\n');
}

const known = (v: number | undefined): number | null => (v === undefined || Number.isNaN(v) ? null : v);

/** A row for each pixel of the picture. */
export function overviewTwin(p: OverviewPicture): ChartModel['twin'] {
  const step = p.durationNanos / Math.max(1, p.running.length);
  const mean = (id: string, title: string, help: string, of: Float32Array, bar: string): Column<number> => ({
    id,
    title,
    help,
    kind: 'count',
    value: (i) => known(of[i]),
    text: (i) => known(of[i])?.toFixed(2) ?? '–',
    widthPx: 130,
    bar,
  });
  const share = (id: string, title: string, help: string, of: Float32Array): Column<number> => ({
    id,
    title,
    help,
    kind: 'share',
    value: (i) => of[i] ?? 0,
    widthPx: 110,
  });
  return {
    rowCount: p.running.length,
    columns: [
      {
        id: 'from',
        title: 'From',
        help: 'Begin of the step, from the begin of the trace',
        kind: 'time',
        value: (i) => Math.round(i * step),
        widthPx: 120,
        fixed: true,
      },
      mean('running', 'In use', 'Processors that ran a goroutine, on average over the step', p.running, 'st-running'),
      mean('gc', 'GC workers', 'Processors that marked for the collector, on average', p.gcWorkers, 'st-mark'),
      {
        ...mean(
          'runnable',
          'Runnable',
          'Goroutines that waited for a processor, on average',
          p.runnable,
          'st-runnable',
        ),
        grows: true,
      },
      share('cycle', 'GC cycle', 'The greatest share of a part of the step in which a collection ran', p.gc),
      share('stw', 'STW', 'The greatest share of a part of the step in which the world was stopped', p.stw),
    ],
  };
}
