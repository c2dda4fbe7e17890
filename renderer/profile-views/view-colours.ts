// Tokens as the pictures of profiles want them.

import type { Palette } from '../base/palette';
import { currentTheme } from '../charts/chart-theme';
import type { FlameColours } from './draw-flame';
import type { GraphColours } from './model/graph-svg';
import { HEAT_STEPS, HUE_COUNT } from './model/names';

export function flameColours(palette: Palette): FlameColours {
  const { colour } = currentTheme(palette);
  return {
    surface: palette.surface,
    ink: palette.ink,
    ink2: palette.ink3,
    accent: palette.accent,
    root: palette.surface3,
    hues: Array.from({ length: HUE_COUNT }, (_, i) => colour(`hue-${i}`)),
    hueInk: colour('hue-ink'),
    fontMono: colour('font-mono'),
  };
}

export function graphColours(palette: Palette): GraphColours {
  const { colour } = currentTheme(palette);
  return {
    surface: palette.surface,
    ink: palette.ink,
    ink2: palette.ink2,
    line: palette.lineStrong,
    heat: Array.from({ length: HEAT_STEPS }, (_, i) => colour(`heat-${i}`)),
    fontMono: colour('font-mono'),
  };
}
