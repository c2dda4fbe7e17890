// Shapes of contract/compare.ts.
import * as v from 'valibot';
import { MAX_DIGEST_CHARS, MAX_RUNS, NORMALISE, type CompareApi } from '../../contract/compare';
import { nanos, scope, text, whole, type Shapes } from './shapes';

const digest = v.pipe(v.string(), v.maxLength(MAX_DIGEST_CHARS));
const normalise = v.picklist(NORMALISE);
const histogram = v.object({
  count: whole,
  sumNanos: nanos,
  buckets: v.pipe(v.array(v.object({ fromNanos: nanos, toNanos: nanos, count: whole })), v.maxLength(10_000)),
  quantiles: v.pipe(v.array(v.object({ q: v.number(), nanos })), v.maxLength(100)),
});

export const COMPARE_SHAPES: Shapes<CompareApi> = {
  readDigest: v.strictObject({ scope }),
  compareDigests: v.strictObject({ a: digest, b: digest, normalise, renamed: v.record(text, text) }),
  compareSeries: v.strictObject({
    digests: v.pipe(v.array(digest), v.minLength(1), v.maxLength(MAX_RUNS)),
    normalise,
  }),
  compareHistograms: v.strictObject({ a: histogram, b: histogram }),
};
