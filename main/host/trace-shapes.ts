// The shape of every question's argument. The page is ours, but what comes over a port is checked like a stranger's.
import * as v from 'valibot';
import { MAX_LEVEL, MAX_TILE_TRACKS, MIN_LEVEL } from '../../contract/blocks/tile';
import type { CallContext } from '../../contract/rpc';
import type { TraceApi } from '../../contract/trace-api';
import { ANSWER_SHAPES } from './answers-shapes';
import { askedApi, type AskedApi } from './asked';
import { COMPARE_SHAPES } from './compare-shapes';
import { ROW_SHAPES } from './rows-shapes';
import { SEARCH_SHAPES } from './search-shapes';
import { nanos, whole, type Shapes } from './shapes';
import { TABLE_SHAPES } from './tables-shapes';
import type { TraceHost } from './trace-host';

const track = v.pipe(whole, v.maxValue(0xffff_ffff));
const level = v.pipe(v.number(), v.integer(), v.minValue(MIN_LEVEL), v.maxValue(MAX_LEVEL));
const tile = whole;

const TIMELINE_SHAPES: Shapes<Omit<TraceApi, keyof AskedApi>> = {
  index: v.null(),
  readInfo: v.null(),
  readTile: v.strictObject({
    level,
    tile,
    tracks: v.pipe(v.array(track), v.minLength(1), v.maxLength(MAX_TILE_TRACKS)),
    quick: v.optional(v.boolean()),
  }),
  readCounters: v.strictObject({ level, tile }),
  readCountersAt: v.strictObject({ atNanos: nanos }),
  pickSpan: v.strictObject({ track, atNanos: nanos, toleranceNanos: v.pipe(nanos, v.minValue(0)) }),
  readAdjacentSpan: v.strictObject({ track, fromNanos: nanos, direction: v.picklist([1, -1]) }),
};

const ASKED_SHAPES: Shapes<AskedApi> = {
  ...ANSWER_SHAPES,
  ...TABLE_SHAPES,
  ...ROW_SHAPES,
  ...SEARCH_SHAPES,
  ...COMPARE_SHAPES,
};
const TRACE_SHAPES: Shapes<TraceApi> = { ...TIMELINE_SHAPES, ...ASKED_SHAPES };

export const TRACE_METHODS = Object.keys(TRACE_SHAPES) as (keyof TraceApi)[];

/** What a picture is made of: several of them are asked for at once, and wanted at once. */
export const PICTURE_METHODS: ReadonlySet<string> = new Set<keyof TraceApi>(['readTile', 'readCounters']);

/** Everything the contract asks of a trace, answered by one engine. */
export function traceApi(timeline: TraceHost): TraceApi {
  const asked = askedApi(timeline.engine, Object.keys(ASKED_SHAPES) as (keyof AskedApi)[]);
  const names = Object.keys(TIMELINE_SHAPES) as (keyof typeof TIMELINE_SHAPES)[];
  return { ...asked, ...Object.fromEntries(names.map((m) => [m, timeline[m].bind(timeline)])) } as unknown as TraceApi;
}

/**
 * The table that a port serves: each method of the contract, its argument checked first.
 * Errors: INTERNAL when the argument has the wrong shape (a fault of ours, so it names the method).
 */
export function servedApi(api: TraceApi): TraceApi {
  const served = <K extends keyof TraceApi>(method: K) => {
    const run = api[method] as (input: unknown, ctx: CallContext) => Promise<unknown>;
    return async (input: unknown, ctx: CallContext): Promise<unknown> => {
      const checked = v.safeParse(TRACE_SHAPES[method], input);
      if (!checked.success)
        throw new Error(`INTERNAL: ${method} was asked with a wrong argument: ${checked.issues[0].message}`);
      return run(checked.output, ctx);
    };
  };
  return Object.fromEntries(TRACE_METHODS.map((m) => [m, served(m)])) as unknown as TraceApi;
}
