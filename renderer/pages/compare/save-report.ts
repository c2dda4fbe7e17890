// Asks both sides for the timelines and curves of the report, and writes it.

import type { TimeRange } from '../../../contract/answers';
import type { Comparison } from '../../../contract/compare';
import { formatRange, formatShare } from '../../base/format';
import { currentPalette } from '../../base/palette';
import type { TraceStore } from '../../trace/trace-store';
import { fileNameOf, saveWhole, type Desk } from '../../widgets/desk';
import { LOOKS, type OverlayCurve } from './overlay-model';
import { reportHtml, type ReportChart } from './report';
import { wantedBlocks, type SideTimelineData } from './report-timeline';
import type { Side } from './use-sides';

const LETTERS = ['A', 'B'] as const;
const STEPS = 60;

function curve(side: Side, place: number, points: OverlayCurve['points']): OverlayCurve {
  const id = LETTERS[place] ?? 'B';
  return { series: { id, name: `${id} ${side.name}`, ...LOOKS[id] }, points };
}

async function chartsOf(sides: readonly Side[], stores: readonly TraceStore[]): Promise<readonly ReportChart[]> {
  const both = await Promise.all(
    stores.map(async (store, i) => {
      const side = sides[i]!;
      const scope = { window: side.window };
      const length = (side.window?.toNanos ?? store.durationNanos) - (side.window?.fromNanos ?? 0);
      const top = Math.max(4, Math.min(9, Math.log10(Math.max(1, length))));
      const all = Array.from({ length: STEPS + 1 }, (_, k) => Math.round(10 ** (3 + ((top - 3) * k) / STEPS)));
      const windowNanos = [...new Set(all)].filter((w) => w <= length);
      const flags = ['stw', 'background', 'assist'] as const;
      const [mmu, gc] = await Promise.all([
        windowNanos.length === 0
          ? null
          : store.client.ask.readMmu({
              scope,
              flags,
              perProc: false,
              windowNanos,
              worstOfNanos: null,
              quantiles: false,
            }),
        store.client.ask.readGc({ scope }),
      ]);
      const { stepNanos, values } = gc.cpuShare;
      return {
        mmu: curve(side, i, mmu?.curve.map((p) => [p.windowNanos, p.values[0] ?? null] as const) ?? []),
        gc: curve(
          side,
          i,
          values.map((v, k) => [k * stepNanos, v] as const),
        ),
      };
    }),
  );
  return [
    { title: 'Minimum mutator utilization', curves: both.map((b) => b.mmu), log: true, text: formatShare },
    { title: 'The collector’s share of the processors', curves: both.map((b) => b.gc), log: false, text: formatShare },
  ];
}

async function timelineOf(side: Side, store: TraceStore): Promise<SideTimelineData> {
  const window = side.window ?? { fromNanos: 0, toNanos: store.durationNanos };
  const { level, tiles, procs, tracks } = wantedBlocks(window, store.procs);
  const [counters, blocks] = await Promise.all([
    Promise.all(tiles.map((tile) => store.client.readCounters({ level, tile }))),
    Promise.all(tiles.map((tile) => store.client.readTile({ level, tile, tracks }))),
  ]);
  const procCount = Math.max(store.procs.length, 1);
  return { window, procs, procCount, counters, tiles: blocks };
}

const windowText = (w: TimeRange | null): string =>
  w ? formatRange(w.fromNanos, w.toNanos, (w.toNanos - w.fromNanos) / 1000) : '';

/** Errors: those of the questions and of the disk. Answers false when the user thought otherwise. */
export async function saveReport(
  desk: Desk,
  comparison: Comparison,
  sides: readonly Side[],
  stores: readonly TraceStore[],
): Promise<boolean> {
  const [charts, timelines] = await Promise.all([
    chartsOf(sides, stores),
    Promise.all(stores.map((store, i) => timelineOf(sides[i]!, store))),
  ]);
  const told = sides.map((s) => ({ letter: s.letter, name: s.name, window: windowText(s.window) }));
  const html = reportHtml({ comparison, sides: told, timelines, colours: currentPalette(), charts });
  const stem = `compare-${sides.map((s) => s.name.replace(/\.\w+$/, '')).join('-')}`;
  return saveWhole(desk, fileNameOf(stem, 'html'), 'html', html);
}
