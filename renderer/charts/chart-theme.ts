// Tokens as ECharts wants them: one object for the theme that is on, made again when it changes.

import type { Palette } from '../base/palette';

export interface ChartTheme {
  /** Value of a token by its name without dashes: `accent`, `st-running`. Those that stand for another are followed. */
  colour(token: string): string;
  readonly fontUi: string;
  readonly palette: Palette;
}

export function themeOf(palette: Palette, token: (name: string) => string): ChartTheme {
  const colour = (name: string): string => {
    const text = token(`--${name}`).trim();
    const other = /^var\(--([\w-]+)\)$/.exec(text)?.[1];
    return other ? colour(other) : text;
  };
  return { colour, fontUi: palette.fontUi, palette };
}

/** The theme of the page as it is now. */
export function currentTheme(palette: Palette): ChartTheme {
  const style = getComputedStyle(document.documentElement);
  return themeOf(palette, (name) => style.getPropertyValue(name));
}

/** A colour with less than full strength. Shapes: `#rrggbb` in; anything else comes back as it is. */
export function faded(colour: string, share: number): string {
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(colour);
  if (!hex) return colour;
  const [r, g, b] = [hex[1], hex[2], hex[3]].map((h) => Number.parseInt(h!, 16));
  return `rgba(${r}, ${g}, ${b}, ${share})`;
}
