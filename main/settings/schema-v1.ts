// Version 1 of the files in the data folder. A later version is a new file schema-vN.ts with a migration from this one.
import * as v from 'valibot';
import { THEME_SETTINGS } from '../../contract/settings';

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

const whole = v.pipe(v.number(), v.integer());

/** Where the window stood, in the units of the screen. */
export const windowStateV1 = v.object({
  x: whole,
  y: whole,
  width: v.pipe(whole, v.minValue(1)),
  height: v.pipe(whole, v.minValue(1)),
  maximized: v.boolean(),
  fullScreen: v.boolean(),
});
export type WindowStateV1 = v.InferOutput<typeof windowStateV1>;

export const sessionV1 = v.object({
  version: v.literal(1),
  /** The app that wrote it runs, or ended without saying so. */
  running: v.boolean(),
  window: v.nullable(windowStateV1),
  zoomLevel: v.pipe(v.number(), v.minValue(-8), v.maxValue(9)),
  tabs: v.array(
    v.object({
      path: v.pipe(v.string(), v.minLength(1)),
      state: v.unknown(),
      /** How often in a row the app ended unexpectedly with this trace open. */
      crashes: v.pipe(whole, v.minValue(0)),
    }),
  ),
  activePath: v.nullable(v.string()),
});
export type SessionV1 = v.InferOutput<typeof sessionV1>;
