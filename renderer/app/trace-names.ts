// The names of a trace for the palette: functions, tasks and regions once, goroutines as they are typed, for there may be
// millions. The first question about a trace makes a pass over it; it ends when the palette is closed.
import type { Scope } from '../../contract/answers';
import type { GoroutineRow } from '../../contract/tables';
import type { TraceStore } from '../trace/trace-store';
import type { TraceNames } from './palette-items';

const WHOLE: Scope = { window: null };
/** Goroutines that are offered for what was typed. */
const MOST_GOROUTINES = 20;

export async function readTraceNames(
  { client }: TraceStore,
  signal: AbortSignal,
): Promise<Omit<TraceNames, 'goroutines'>> {
  const input = { scope: WHOLE };
  const [groups, tasks, regions] = await Promise.all([
    client.ask.readGoroutineGroups(input, { signal }),
    client.ask.readTaskTypes(input, { signal }),
    client.ask.readRegionTypes(input, { signal }),
  ]);
  return {
    functions: groups.filter((g) => g.name !== '').map((g) => ({ name: g.name, goroutineCount: g.count })),
    tasks: tasks.map((t) => t.name),
    // One name may stand at several places in the program.
    regions: [...new Set(regions.map((r) => r.name))],
  };
}

/** The goroutines whose id or function has `text` in it, lowest id first. */
export async function readGoroutinesLike(
  { client }: TraceStore,
  text: string,
  signal: AbortSignal,
): Promise<TraceNames['goroutines']> {
  // People write G12 as they read it.
  const find = text.replace(/^g(?=\d+$)/i, '');
  const question = {
    table: 'goroutines',
    scope: WHOLE,
    name: null,
    frame: null,
    find,
    within: [],
    sort: [],
    bars: [],
  } as const;
  const { tableId } = await client.ask.openTable(question, { signal });
  const rows = (await client.ask.readRows({ tableId, from: 0, count: MOST_GOROUTINES })) as readonly GoroutineRow[];
  await client.ask.closeTable({ tableId });
  return rows.map(({ id, name }) => ({ id, name }));
}
