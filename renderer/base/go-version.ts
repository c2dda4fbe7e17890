// Versions of Go as traces tell them.

/** Whether `version` (`1.9`, `1.22`) is older than Go 1.`minor`; false where it cannot be read. */
export function isBeforeGo(version: string, minor: number): boolean {
  const found = /^(?:go)?1\.(\d+)/.exec(version);
  return found !== null && Number(found[1]) < minor;
}
