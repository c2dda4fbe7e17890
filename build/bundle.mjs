// Bundles main, host and preload to CommonJS with Rolldown, the page with Vite. For the oldest runtime that must run
// them (docs/dependencies.md, Electron).
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { build } from 'vite';
import { collect } from './package/licenses.mjs';
import { root } from './paths.mjs';

process.chdir(root);

/** @type {readonly (readonly [input: string, file: string, tsconfig: string])[]} */
const entries = [
  // In two: what makes the window, and main/tracewell.cjs, the app, which is read while the window loads its page.
  ['main/main.ts', 'dist/main/main.cjs', 'build/tsconfig/node.json'],
  // electron-updater, read only when somebody asks for an update.
  ['main/updates/updater.ts', 'dist/main/updater.cjs', 'build/tsconfig/node.json'],
  ['main/host/host.ts', 'dist/main/host.cjs', 'build/tsconfig/host.json'],
  // A sandboxed preload must be one CommonJS file.
  ['preload/preload.ts', 'dist/preload/preload.cjs', 'build/tsconfig/preload.json'],
];
/** Every module that went into a bundle: whose licences the app carries. @type {Set<string>} */
const modules = new Set();
/** @param {readonly { type: string, moduleIds?: readonly string[] }[]} output */
const note = (output) => output.forEach((o) => o.moduleIds?.forEach((id) => modules.add(id)));
try {
  for (const [input, file, tsconfig] of entries) {
    const bundle = await rolldown({
      input,
      external: ['electron', /^electron\//, /^node:/],
      platform: 'node',
      transform: { target: 'node18' },
      tsconfig,
    });
    const { output } = await bundle.write({
      dir: path.dirname(file),
      entryFileNames: path.basename(file),
      chunkFileNames: '[name].cjs',
      format: 'cjs',
      sourcemap: true,
      exports: 'auto',
    });
    note(output);
    await bundle.close();
  }
  // Beside the old one, then in its place: an app that starts meanwhile finds a whole page.
  const page = await build({ logLevel: 'warn', build: { outDir: '../dist/renderer.new', emptyOutDir: true } });
  // The gallery of shared parts, for development: beside the page and in no package (electron-builder.yml).
  await build({
    logLevel: 'warn',
    base: './',
    build: {
      outDir: '../dist/renderer.new/gallery',
      emptyOutDir: true,
      sourcemap: false,
      rolldownOptions: { input: 'renderer/gallery.html' },
    },
  });
  for (const part of [page].flat()) if ('output' in part) note(part.output);
  writeFileSync('dist/renderer.new/licenses.json', JSON.stringify(collect(modules)));
  rmSync('dist/renderer.old', { recursive: true, force: true });
  if (existsSync('dist/renderer')) renameSync('dist/renderer', 'dist/renderer.old');
  renameSync('dist/renderer.new', 'dist/renderer');
  rmSync('dist/renderer.old', { recursive: true, force: true });
} catch (e) {
  // The message names file and place; the bundler's own stack says nothing more.
  console.error(e instanceof Error ? e.message : e);
  process.exitCode = 1;
}
