// Version 2 of the settings: all that the page Settings has. Keys that are not known are kept as they are.
import * as v from 'valibot';
import { KEY_PRESETS } from '../../contract/commands';
import {
  COLOUR_SETS,
  DEFAULT_SETTINGS as D,
  EDITORS,
  SETTING_LIMITS as LIMITS,
  THEME_SETTINGS,
} from '../../contract/settings';
import { settingsV1 } from './schema-v1';

const megabytes = ({ min, max }: { min: number; max: number }) =>
  v.nullable(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)));
const text = v.pipe(v.string(), v.maxLength(4096));

/** Each setting by itself, so that a change of one can be checked too. */
export const settingShapes = {
  theme: v.picklist(THEME_SETTINGS),
  colours: v.picklist(COLOUR_SETS),
  keyPreset: v.picklist(KEY_PRESETS),
  letterKeys: v.boolean(),
  editor: v.picklist(EDITORS),
  editorCommand: text,
  sourceMappings: v.pipe(v.array(v.object({ from: text, to: text })), v.maxLength(LIMITS.sourceMappings)),
  memoryMb: megabytes(LIMITS.memoryMb),
  cacheMb: megabytes(LIMITS.cacheMb),
  restoreSession: v.boolean(),
  showHints: v.boolean(),
};

export const settingsV2 = v.looseObject({
  version: v.literal(2),
  theme: v.optional(settingShapes.theme, D.theme),
  colours: v.optional(settingShapes.colours, D.colours),
  keyPreset: v.optional(settingShapes.keyPreset, D.keyPreset),
  letterKeys: v.optional(settingShapes.letterKeys, D.letterKeys),
  editor: v.optional(settingShapes.editor, D.editor),
  editorCommand: v.optional(settingShapes.editorCommand, D.editorCommand),
  sourceMappings: v.optional(settingShapes.sourceMappings, []),
  memoryMb: v.optional(settingShapes.memoryMb, D.memoryMb),
  cacheMb: v.optional(settingShapes.cacheMb, D.cacheMb),
  restoreSession: v.optional(settingShapes.restoreSession, D.restoreSession),
  showHints: v.optional(settingShapes.showHints, D.showHints),
});
export type SettingsV2 = v.InferOutput<typeof settingsV2>;

/** Version 1 had the theme only. */
export function migrateSettings(raw: unknown): unknown {
  const old = v.safeParse(settingsV1, raw);
  return old.success ? { ...(raw as object), version: 2 } : raw;
}

/** A change of some of them. N.B. a key that is there has a value: `undefined` would erase a setting. */
export const settingsPatch = v.strictObject({
  theme: v.exactOptional(settingShapes.theme),
  colours: v.exactOptional(settingShapes.colours),
  keyPreset: v.exactOptional(settingShapes.keyPreset),
  letterKeys: v.exactOptional(settingShapes.letterKeys),
  editor: v.exactOptional(settingShapes.editor),
  editorCommand: v.exactOptional(settingShapes.editorCommand),
  sourceMappings: v.exactOptional(settingShapes.sourceMappings),
  memoryMb: v.exactOptional(settingShapes.memoryMb),
  cacheMb: v.exactOptional(settingShapes.cacheMb),
  restoreSession: v.exactOptional(settingShapes.restoreSession),
  showHints: v.exactOptional(settingShapes.showHints),
});
