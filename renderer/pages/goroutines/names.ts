// Start functions in addresses: one that the trace does not tell is written `-` (`goroutines/-`).

export const argOfName = (name: string): string => name || '-';
export const nameOfArg = (arg: string): string => (arg === '-' ? '' : arg);
export const shownName = (name: string): string => name || '(inactive, no stack trace sampled)';

/** Why a goroutine may have no name: go tool trace only says "inactive". */
export const NO_NAME_HELP =
  'These goroutines were there before the trace and did nothing in it, so Go recorded no stack of them and their function is not known.';
