// The shape of every question's argument. The page is ours, but what comes over a port is checked like a stranger's.
import * as v from 'valibot';
import { MAX_LEVEL, MAX_TILE_TRACKS, MIN_LEVEL } from '../../contract/blocks/tile';
import type { CallContext } from '../../contract/rpc';
import type { TraceApi } from '../../contract/trace-api';

type InputOf<K extends keyof TraceApi> = Parameters<TraceApi[K]>[0];

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const track = v.pipe(whole, v.maxValue(0xffff_ffff));
const nanos = v.pipe(v.number(), v.finite());
const level = v.pipe(v.number(), v.integer(), v.minValue(MIN_LEVEL), v.maxValue(MAX_LEVEL));
const tile = v.pipe(whole, v.maxValue(Number.MAX_SAFE_INTEGER));

const TRACE_SHAPES: { readonly [K in keyof TraceApi]: v.GenericSchema<unknown, InputOf<K>> } = {
  index: v.null(),
  readInfo: v.null(),
  readTile: v.strictObject({
    level,
    tile,
    tracks: v.pipe(v.array(track), v.minLength(1), v.maxLength(MAX_TILE_TRACKS)),
  }),
  readCounters: v.strictObject({ level, tile }),
  readCountersAt: v.strictObject({ atNanos: nanos }),
  pickSpan: v.strictObject({ track, atNanos: nanos, toleranceNanos: v.pipe(nanos, v.minValue(0)) }),
  readAdjacentSpan: v.strictObject({ track, fromNanos: nanos, direction: v.picklist([1, -1]) }),
};

export const TRACE_METHODS = Object.keys(TRACE_SHAPES) as (keyof TraceApi)[];

/**
 * The table that a port serves: each method of the contract, its argument checked first.
 * Errors: INTERNAL when the argument has the wrong shape (a fault of ours, so it names the method).
 */
export function servedApi(host: TraceApi): TraceApi {
  const served = <K extends keyof TraceApi>(method: K) => {
    const run = host[method].bind(host) as (input: unknown, ctx: CallContext) => Promise<unknown>;
    return async (input: unknown, ctx: CallContext): Promise<unknown> => {
      const checked = v.safeParse(TRACE_SHAPES[method], input);
      if (!checked.success)
        throw new Error(`INTERNAL: ${method} was asked with a wrong argument: ${checked.issues[0].message}`);
      return run(checked.output, ctx);
    };
  };
  return Object.fromEntries(TRACE_METHODS.map((m) => [m, served(m)])) as unknown as TraceApi;
}
