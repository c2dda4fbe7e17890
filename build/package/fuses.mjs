// Electron's fuses as they are set in an executable: bytes behind a sentinel, `1` on, `0` off, `r` removed.

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** Version 1 of the wire: the fuses in the order of their bytes. */
const NAMES = [
  'runAsNode',
  'cookieEncryption',
  'nodeOptions',
  'nodeCliInspect',
  'asarIntegrity',
  'onlyLoadAppFromAsar',
  'browserSnapshot',
  'fileProtocolPrivileges',
];

/** What a package of ours must have. @type {Readonly<Record<string, boolean>>} */
export const WANTED_FUSES = {
  runAsNode: false,
  cookieEncryption: true,
  nodeOptions: false,
  nodeCliInspect: false,
  asarIntegrity: true,
  onlyLoadAppFromAsar: true,
  fileProtocolPrivileges: false,
};

/**
 * @param {Buffer} executable
 * @returns {Record<string, 'on' | 'off' | 'absent'>} `absent`: this runtime has no such fuse
 */
export function readFuses(executable) {
  const at = executable.indexOf(SENTINEL, 0, 'latin1');
  if (at < 0) throw new Error('there are no fuses in that executable');
  const [version, count = 0] = executable.subarray(at + SENTINEL.length, at + SENTINEL.length + 2);
  if (version !== 1) throw new Error(`fuses of version ${version} are not known`);
  const states = executable.subarray(at + SENTINEL.length + 2, at + SENTINEL.length + 2 + count);
  return Object.fromEntries(
    NAMES.map((name, i) => {
      const state = String.fromCharCode(states[i] ?? 0);
      return [name, state === '1' ? 'on' : state === '0' ? 'off' : 'absent'];
    }),
  );
}
