// The bill of materials that a package carries (CycloneDX 1.5): what is inside, as the licences have it, and the runtime.
// `sums` beside the packages: who downloads one can tell that it is whole.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { Stop } from '../processes.mjs';
import { licensesJson } from './licenses.mjs';

/** @typedef {import('./licenses.mjs').License} License */

/** The address of a package in the language of bills. @param {Pick<License, 'kind' | 'name' | 'version'>} of */
export const purlOf = ({ kind, name, version }) =>
  `pkg:${kind === 'crate' ? 'cargo' : 'npm'}/${name.replace(/^@/, '%40')}@${version}`;

/**
 * @param {readonly License[]} inside
 * @param {{ version: string, electron: string }} app versions
 */
export function billOf(inside, { version, electron }) {
  const parts = [
    ...inside,
    { kind: /** @type {const} */ ('npm'), name: 'electron', version: electron, license: 'MIT', text: '' },
  ];
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: { 'bom-ref': 'tracewell', type: 'application', name: 'tracewell', version },
    },
    components: parts.map((part) => ({
      'bom-ref': purlOf(part),
      type: part.name === 'electron' ? 'framework' : 'library',
      name: part.name,
      version: part.version,
      purl: purlOf(part),
      // An expression (older crates write / for OR), or where the text is to be found.
      licenses: [
        /^see /.test(part.license)
          ? { license: { name: part.license } }
          : { expression: part.license.replaceAll('/', ' OR ') },
      ],
    })),
    dependencies: [{ ref: 'tracewell', dependsOn: parts.map(purlOf) }],
  };
}

/** @param {string} file @param {{ version: string, electron: string }} app */
export function writeBill(file, app) {
  if (!existsSync(licensesJson)) throw new Stop('The app is not bundled yet: npm run setup');
  writeFileSync(file, `${JSON.stringify(billOf(JSON.parse(readFileSync(licensesJson, 'utf8')), app), null, 1)}\n`);
}

/** A line of `sha256sum` for each file. @param {readonly string[]} files @returns {Promise<string>} */
export async function sumsOf(files) {
  let text = '';
  for (const file of files) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    text += `${hash.digest('hex')}  ${basename(file)}\n`;
  }
  return text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, electron] = process.argv.slice(2);
  if (!file || !electron) throw new Error('usage: node build/package/bill.mjs FILE ELECTRON_VERSION');
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  writeBill(file, { version, electron });
}
