// The shapes that a page may ask captures with.
import path from 'node:path';
import * as v from 'valibot';
import { CAPTURE_SECONDS, type CaptureApi } from '../../contract/capture-api';

type InputOf<K extends keyof CaptureApi> = Parameters<CaptureApi[K]>[0];

const line = (max: number) =>
  v.pipe(
    v.string(),
    v.maxLength(max),
    v.check((s) => !/[\0\r\n]/.test(s), 'more than one line'),
  );
const directory = v.pipe(
  line(4096),
  v.check((p) => path.isAbsolute(p), 'not an absolute path'),
);
const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const captureId = whole(1, Number.MAX_SAFE_INTEGER);

const source = v.variant('kind', [
  v.strictObject({
    kind: v.literal('pprof'),
    url: line(2048),
    seconds: whole(CAPTURE_SECONDS.min, CAPTURE_SECONDS.max),
    withCpuSamples: v.boolean(),
  }),
  v.strictObject({
    kind: v.literal('url'),
    url: line(2048),
    method: v.picklist(['GET', 'POST']),
    headers: v.pipe(v.array(v.strictObject({ name: line(200), value: line(8192) })), v.maxLength(20)),
  }),
  v.strictObject({
    kind: v.literal('go-test'),
    directory,
    packages: line(2048),
    run: line(1024),
    bench: line(1024),
    count: whole(0, 10_000),
  }),
  v.strictObject({ kind: v.literal('program'), directory, command: line(8192) }),
]);

export const CAPTURE_SHAPES: { readonly [K in keyof CaptureApi]: v.GenericSchema<unknown, InputOf<K>> } = {
  startCapture: v.strictObject({
    source,
    limits: v.strictObject({ maxBytes: whole(2 ** 20, 64 * 2 ** 30), maxSeconds: whole(1, 24 * 3600) }),
    saveId: v.nullable(captureId),
  }),
  cancelCapture: v.strictObject({ captureId }),
  chooseCaptureFile: v.strictObject({ suggestedName: line(255) }),
  chooseCaptureDirectory: v.null(),
  readCaptureFolder: v.null(),
};
