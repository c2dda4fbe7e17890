// Shapes that several questions share.
import * as v from 'valibot';

export const whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
export const nanos = v.pipe(v.number(), v.finite());
/** A goroutine's id, or a task's: what no program has is no fault of the page's. */
export const id = v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(Number.MAX_SAFE_INTEGER));
export const text = v.pipe(v.string(), v.maxLength(1 << 16));

export const window = v.nullable(v.strictObject({ fromNanos: nanos, toNanos: nanos }));
export const scope = v.strictObject({ window });

/** For each method of an interface, the shape of its input. */
export type Shapes<A> = {
  readonly [K in keyof A]: v.GenericSchema<
    unknown,
    A[K] extends (input: infer I, ...rest: never[]) => unknown ? I : never
  >;
};
