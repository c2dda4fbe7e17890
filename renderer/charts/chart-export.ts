// A chart as a file: what is on screen with its title and legend, on an opaque ground, in the theme that is on.

import type { ChartSeries } from './chart-model';
import type { ChartTheme } from './chart-theme';
import { initSvg, type ChartOption, type ECharts } from './echarts-setup';

const HEAD_PX = 44;

/** The option with the head that the page draws around a chart: titles and legend become part of the picture. */
export function withHead(
  option: ChartOption,
  t: ChartTheme,
  title: string,
  series: readonly ChartSeries[],
): ChartOption {
  const grid = (Array.isArray(option.grid) ? option.grid[0] : option.grid) ?? {};
  return {
    ...option,
    backgroundColor: t.colour('surface'),
    grid: { ...grid, top: Number(grid.top ?? 0) + HEAD_PX },
    title: {
      text: title,
      left: 12,
      top: 10,
      textStyle: { color: t.colour('ink'), fontSize: 13, fontWeight: 600, fontFamily: t.fontUi },
    },
    legend: {
      show: series.length > 1,
      right: 12,
      top: 10,
      selectedMode: false,
      itemWidth: 18,
      itemHeight: 8,
      textStyle: { color: t.colour('ink-2'), fontSize: 11, fontFamily: t.fontUi },
      data: series.map((s) => s.name),
    },
  };
}

export function svgOf(option: ChartOption, widthPx: number, heightPx: number): string {
  const chart = initSvg(widthPx, heightPx + HEAD_PX);
  try {
    chart.setOption({ ...option, animation: false });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** A PNG at twice the size on screen. `chart` is one that exists only for this picture. */
export async function pngOf(chart: ECharts): Promise<Uint8Array> {
  const canvas = chart.renderToCanvas({ pixelRatio: 2 });
  const blob = await new Promise<Blob | null>((ok) => canvas.toBlob(ok, 'image/png'));
  if (!blob) throw new Error('The picture could not be made.');
  return new Uint8Array(await blob.arrayBuffer());
}

export const EXPORT_HEAD_PX = HEAD_PX;
