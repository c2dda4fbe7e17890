// Version 1 of the files in the data folder. A later version is a new file schema-vN.ts with a migration from this one.
import * as v from 'valibot';
import { THEME_SETTINGS } from '../../contract/shell-api';

export const settingsV1 = v.object({
  version: v.literal(1),
  theme: v.picklist(THEME_SETTINGS),
});
export type SettingsV1 = v.InferOutput<typeof settingsV1>;

const count = v.pipe(v.number(), v.minValue(0));

export const recentV1 = v.object({
  path: v.pipe(v.string(), v.minLength(1)),
  pinned: v.boolean(),
  openedAtMs: count,
  sizeBytes: v.nullable(count),
  goVersion: v.nullable(v.string()),
  durationNanos: v.nullable(count),
  eventCount: v.nullable(count),
  procUse: v.nullable(v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(1)))),
});
export type RecentV1 = v.InferOutput<typeof recentV1>;

export const recentsV1 = v.object({ version: v.literal(1), traces: v.array(recentV1) });
export type RecentsV1 = v.InferOutput<typeof recentsV1>;
