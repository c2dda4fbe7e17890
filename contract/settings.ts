// What the user may choose. Main keeps it (main/settings), the page shows it and follows it; both know only these words.
import { KEY_PRESETS, type KeyPreset } from './commands';
import type { Bytes } from './units';

export const THEME_SETTINGS = ['system', 'light', 'dark'] as const;
export type ThemeSetting = (typeof THEME_SETTINGS)[number];

/** Colours of states: the usual ones, or a set that keeps further apart for red-green and blue-yellow blindness. */
export const COLOUR_SETS = ['standard', 'colour-blind'] as const;
export type ColourSet = (typeof COLOUR_SETS)[number];

export const EDITORS = ['none', 'vscode', 'goland', 'vim', 'custom'] as const;
export type Editor = (typeof EDITORS)[number];

/** Where the files of a trace are on this machine: paths that begin with `from` are looked for under `to`. */
export interface SourceMapping {
  readonly from: string;
  readonly to: string;
}

export interface Settings {
  readonly theme: ThemeSetting;
  readonly colours: ColourSet;
  readonly keyPreset: KeyPreset;
  /** Keys that are one letter, digit or sign. Off for whom dictates or has shaky hands (WCAG 2.1.4). */
  readonly letterKeys: boolean;
  readonly editor: Editor;
  /** For `custom`: a program and its arguments with {file} and {line}. Started as it is, by no shell. */
  readonly editorCommand: string;
  readonly sourceMappings: readonly SourceMapping[];
  /** What the engine of one trace may keep decoded; null: its own default. */
  readonly memoryMb: number | null;
  /** What indexes may take on the disk, 0: none is kept; null: the default. */
  readonly cacheMb: number | null;
  /** The last session comes back at the start. */
  readonly restoreSession: boolean;
  /** What is said to somebody who is new. */
  readonly showHints: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  colours: 'standard',
  keyPreset: KEY_PRESETS[0],
  letterKeys: true,
  editor: 'none',
  editorCommand: '',
  sourceMappings: [],
  memoryMb: null,
  cacheMb: null,
  restoreSession: true,
  showHints: true,
};

/** What the fields of the page and the checks of main agree on. */
export const SETTING_LIMITS = {
  memoryMb: { min: 64, max: 65_536, usual: 192 },
  cacheMb: { min: 0, max: 1_048_576, usual: 2048 },
  sourceMappings: 32,
} as const;

export interface CacheUsage {
  readonly folder: string;
  readonly sizeBytes: Bytes;
  readonly fileCount: number;
}
