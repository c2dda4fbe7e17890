// Keys as they stand on the keyboard of the system.
import { osName } from '../base/os-name';

const SIGNS: Readonly<Record<string, string>> = { Left: '←', Right: '→', Up: '↑', Down: '↓', Plus: '+', Minus: '−' };

/** `Ctrl+O` → `Ctrl O`, on macOS `⌘ O`; alternatives are split by " / ". */
export function capsOf(keys: string, mac = isMac()): string[] {
  return keys.split(' / ').map((one) =>
    one
      .split('+')
      .map((key) => (mac ? (MAC_SIGNS[key] ?? SIGNS[key] ?? key) : (SIGNS[key] ?? key)))
      .join(' '),
  );
}

const MAC_SIGNS: Readonly<Record<string, string>> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧' };

export const isMac = (): boolean => osName() === 'mac';
