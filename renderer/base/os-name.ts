// The system that the page runs on: its keys and its faces.

export type OsName = 'linux' | 'mac' | 'windows';

export function osName(platform = navigator.platform): OsName {
  if (/mac/i.test(platform)) return 'mac';
  return /^win/i.test(platform) ? 'windows' : 'linux';
}
