// Shapes of contract/answers.ts.
import * as v from 'valibot';
import { MMU_FLAGS, PROFILES, type AnswersApi, type Measure } from '../../contract/answers';
import { MAX_ROWS_READ } from '../../contract/tables';
import { id, nanos, scope, text, whole, window, type Shapes } from './shapes';

const PLAIN: readonly Measure[] = [
  'total',
  'exec',
  'schedWait',
  'syscall',
  'syscallBlock',
  'block',
  'unknown',
  'gcPause',
  'gcMark',
];
export const isMeasure = (x: unknown): x is Measure =>
  typeof x === 'string' && (PLAIN.some((p) => p === x) || /^(block|range):./s.test(x));
const measure = v.custom<Measure>(isMeasure, 'not a measure');

const profile = v.strictObject({
  profile: v.picklist(PROFILES),
  scope: v.strictObject({
    window,
    goroutine: v.nullable(id),
    function: v.nullable(text),
    region: v.nullable(text),
    task: v.nullable(id),
  }),
  side: v.picklist(['waiter', 'waker']),
});

const length = v.pipe(nanos, v.minValue(1));

export const ANSWER_SHAPES: Shapes<AnswersApi> = {
  readHomeFigures: v.null(),
  readGoroutineGroups: v.strictObject({ scope }),
  readParallelism: v.strictObject({ scope }),
  readStateGraph: v.strictObject({ scope, function: text }),
  readDistribution: v.strictObject({ scope, function: text, measure }),
  readGoroutine: v.strictObject({
    id,
    scope,
    stays: v.strictObject({ from: whole, count: v.pipe(whole, v.maxValue(MAX_ROWS_READ)) }),
  }),
  readGoroutineStrips: v.strictObject({
    ids: v.pipe(v.array(id), v.maxLength(16)),
    scope,
    count: v.pipe(whole, v.maxValue(4096)),
  }),
  readProfile: profile,
  exportPprof: profile,
  readTaskTypes: v.strictObject({ scope }),
  readTask: v.strictObject({ id, scope }),
  readRegionTypes: v.strictObject({ scope }),
  readRegionType: v.strictObject({ scope, name: text, frame: v.nullable(text) }),
  readMmu: v.strictObject({
    scope,
    flags: v.array(v.picklist(MMU_FLAGS)),
    perProc: v.boolean(),
    windowNanos: v.nullable(v.pipe(v.array(length), v.maxLength(1000))),
    worstOfNanos: v.nullable(length),
    quantiles: v.boolean(),
  }),
  readGc: v.strictObject({ scope }),
};
