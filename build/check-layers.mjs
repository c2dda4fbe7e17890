// Who may import whom: an allow-list of the rows of docs/ARCHITECTURE.md, for TypeScript by its imports, for Rust by
// the dependencies in Cargo.toml. `node build/check-layers.mjs` prints what breaks it and ends with 1.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { root } from './paths.mjs';

/**
 * @typedef {object} Row
 * @property {string} area folder, from the root; a file belongs to the longest that fits
 * @property {readonly string[]} areas what it may import besides itself
 * @property {readonly string[]} packages npm packages and `node:`; with `type ` in front only their types
 */

const PAGE_PACKAGES = ['vue', 'pinia', 'lucide-vue-next', 'valibot', 'type echarts'];
const RENDERER = [
  'renderer/base',
  'renderer/widgets',
  'renderer/charts',
  'renderer/profile-views',
  'renderer/trace',
  'renderer/timeline',
  'renderer/styles',
];

/** @type {readonly Row[]} */
const ROWS = [
  { area: 'contract', areas: [], packages: [] },
  {
    area: 'main',
    areas: ['contract'],
    packages: ['electron', 'node:', 'valibot', 'atomically', 'string-argv', 'electron-updater'],
  },
  // The host is a plain class over the addon: of Electron it may know the types only.
  { area: 'main/host', areas: ['contract', 'native-parse/dist'], packages: ['type electron', 'node:', 'valibot'] },
  { area: 'preload', areas: ['contract'], packages: ['electron'] },
  { area: 'renderer/base', areas: ['contract'], packages: ['vue'] },
  { area: 'renderer/styles', areas: [], packages: ['@fontsource-variable/'] },
  { area: 'renderer/widgets', areas: ['renderer/base', 'renderer/styles', 'contract'], packages: PAGE_PACKAGES },
  {
    area: 'renderer/charts',
    areas: ['renderer/widgets', 'renderer/base', 'renderer/styles', 'contract'],
    packages: [...PAGE_PACKAGES, 'echarts'],
  },
  {
    area: 'renderer/profile-views',
    areas: ['renderer/charts', 'renderer/widgets', 'renderer/base', 'renderer/styles', 'contract'],
    // Graphviz, compiled to WebAssembly: in graph-worker.ts and nowhere else.
    packages: [...PAGE_PACKAGES, '@hpcc-js/wasm-graphviz'],
  },
  { area: 'renderer/trace', areas: ['renderer/base', 'contract'], packages: ['vue', 'pinia', 'valibot'] },
  {
    area: 'renderer/timeline',
    areas: ['renderer/trace', 'renderer/charts', 'renderer/widgets', 'renderer/base', 'renderer/styles', 'contract'],
    packages: PAGE_PACKAGES,
  },
  // One row for each page: `renderer/pages/x`; another page is never among its areas.
  { area: 'renderer/pages/*', areas: [...RENDERER, 'contract'], packages: PAGE_PACKAGES },
  // The shell: app/, main.ts and whatever else stands at the top of renderer/.
  {
    area: 'renderer',
    areas: ['renderer/app', 'renderer/pages/*', ...RENDERER, 'contract'],
    packages: [...PAGE_PACKAGES, '@fontsource-variable/'],
  },
  {
    area: 'renderer/app',
    // The guide is shown in the window as it stands in docs: one source.
    areas: ['renderer/pages/*', ...RENDERER, 'contract', 'docs'],
    packages: [...PAGE_PACKAGES, '@fontsource-variable/'],
  },
];

/** What a unit test may import besides: it stands next to the code that it tests. */
const TEST_PACKAGES = ['vitest', '@vue/test-utils', 'happy-dom', 'node:'];
const TEST_AREAS = ['tests'];

/** Crates from left to right; each may use those named. Only `binding` may use napi, only `source` may be unsafe. */
const CRATES = /** @type {Record<string, readonly string[]>} */ ({
  source: [],
  wire: ['source'],
  order: ['source', 'wire'],
  index: ['source', 'wire', 'order'],
  slice: ['source', 'wire', 'order', 'index'],
  analysis: ['source', 'wire', 'order', 'index'],
  search: ['source', 'wire', 'order', 'index'],
  export: ['source', 'wire', 'order', 'index', 'slice', 'analysis', 'search'],
  // What is compared comes as JSON: from two processes in the app.
  compare: ['source', 'slice', 'analysis'],
  binding: ['source', 'wire', 'order', 'index', 'slice', 'analysis', 'search', 'export', 'compare'],
  cli: ['source', 'wire', 'order', 'index', 'slice', 'analysis', 'search', 'export', 'compare'],
});

/**
 * Debt: exceptions, each with its reason and its issue.
 * @type {readonly { from: string, to: string, reason: string, issue: number }[]}
 */
const DEBT = [];

/**
 * All that breaks the allow-list, as `file: sentence`.
 * @param {ReadonlyMap<string, string>} files path from the root with `/` → text
 * @returns {string[]}
 */
export function findViolations(files) {
  return [...files].flatMap(([path, text]) => {
    if (/\.(ts|mts|vue)$/.test(path)) return scriptViolations(path, text);
    if (path.endsWith('Cargo.toml')) return crateViolations(path, text);
    if (path.endsWith('.rs')) return unsafeViolations(path, text);
    return [];
  });
}

/** @param {string} path @param {string} text */
function scriptViolations(path, text) {
  const row = rowOf(path);
  if (!row) return [];
  const isTest = path.endsWith('.test.ts');
  const packages = isTest ? [...row.packages, ...TEST_PACKAGES] : row.packages;
  const areas = isTest ? [...row.areas, ...TEST_AREAS] : row.areas;
  return importsOf(path, text).flatMap(({ name, typeOnly }) => {
    if (DEBT.some((debt) => debt.from === path && debt.to === name)) return [];
    if (!name.startsWith('.')) {
      const allowed = packages.some((one) =>
        one.startsWith('type ') ? typeOnly && fits(name, one.slice(5)) : fits(name, one),
      );
      return allowed ? [] : [`${path}: ${row.area} may not import ${name}`];
    }
    const target = posix.join(posix.dirname(path), name.replace(/\?.*$/, ''));
    const own = row.area.endsWith('/*') ? pageOf(path) : row.area;
    const targetArea = rowOf(target)?.area ?? '';
    // The own folder, but not a part of it that has a row of its own.
    if (isInside(target, own) && targetArea === row.area) return [];
    const allowed = areas.some((area) => (rowOf(target) ? targetArea === area : isInside(target, area)));
    return allowed ? [] : [`${path}: ${row.area} may not import ${target}`];
  });
}

/** The longest row that a path belongs to. @param {string} path */
function rowOf(path) {
  return ROWS.filter((row) =>
    row.area.endsWith('/*') ? path.startsWith(row.area.slice(0, -1)) : isInside(path, row.area),
  )
    .sort((a, b) => b.area.length - a.area.length)
    .at(0);
}

/** @param {string} path @param {string} folder */
function isInside(path, folder) {
  return path === folder || path.startsWith(`${folder}/`);
}

/** `renderer/pages/home/x.ts` → `renderer/pages/home`. @param {string} path */
function pageOf(path) {
  return path.split('/').slice(0, 3).join('/');
}

/** @param {string} name of an import @param {string} allowed a package, or a beginning that ends with `:` or `/` */
function fits(name, allowed) {
  return /[:/]$/.test(allowed) ? name.startsWith(allowed) : name === allowed || name.startsWith(`${allowed}/`);
}

/**
 * What a file imports: statements, `import()` and `require()` with a literal.
 * @param {string} path @param {string} text
 * @returns {{ name: string, typeOnly: boolean }[]}
 */
export function importsOf(path, text) {
  const script = path.endsWith('.vue')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((m) => m[1]).join('\n')
    : text;
  const source = ts.createSourceFile(`${path}.ts`, script, ts.ScriptTarget.Latest, false);
  /** @type {{ name: string, typeOnly: boolean }[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      found.push({ name: node.moduleSpecifier.text, typeOnly: isTypeOnly(node) });
    } else if (ts.isCallExpression(node)) {
      const [argument] = node.arguments;
      const loads =
        node.expression.kind === ts.SyntaxKind.ImportKeyword ||
        (ts.isIdentifier(node.expression) && node.expression.text === 'require');
      if (loads && argument && ts.isStringLiteralLike(argument)) found.push({ name: argument.text, typeOnly: false });
    } else if (
      ts.isImportTypeNode(node) &&
      ts.isLiteralTypeNode(node.argument) &&
      ts.isStringLiteral(node.argument.literal)
    ) {
      found.push({ name: node.argument.literal.text, typeOnly: true });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** True when nothing of the import is left at run time. @param {ts.ImportDeclaration | ts.ExportDeclaration} node */
function isTypeOnly(node) {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const bindings = clause.namedBindings;
  return (
    !clause.name &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.length > 0 &&
    bindings.elements.every((e) => e.isTypeOnly)
  );
}

/** @param {string} path @param {string} text */
function crateViolations(path, text) {
  const crate = /^native-parse\/([^/]+)\/Cargo\.toml$/.exec(path)?.[1];
  if (!crate || crate === 'fuzz') return [];
  const allowed = CRATES[crate];
  if (!allowed) return [`${path}: the crate ${crate} has no row in build/check-layers.mjs`];
  return dependenciesOf(text).flatMap((name) => {
    const ours = /^tracewell-(.+)$/.exec(name)?.[1];
    if (ours !== undefined && !allowed.includes(ours)) return [`${path}: ${crate} may not depend on ${name}`];
    if (/^napi(-|$)/.test(name) && crate !== 'binding') return [`${path}: only binding may depend on ${name}`];
    return [];
  });
}

/**
 * Names in all tables of dependencies of a Cargo.toml, but those of tests: what crosses crates in a test may use anything.
 * @param {string} text
 */
function dependenciesOf(text) {
  let inside = false;
  return text.split('\n').flatMap((line) => {
    const table = /^\s*\[(.+)\]/.exec(line)?.[1];
    if (table !== undefined) {
      // Also `[dependencies.name]` and `[target.….dependencies]`.
      const named = /(?:^|\.|build-)dependencies\.([\w-]+)$/.exec(table)?.[1];
      inside = /(^|\.|build-)dependencies$/.test(table);
      return named ? [named] : [];
    }
    const name = inside ? /^\s*([\w-]+)\s*(?:\.|=)/.exec(line)?.[1] : undefined;
    return name ? [name] : [];
  });
}

/** @param {string} path @param {string} text */
function unsafeViolations(path, text) {
  if (/^native-parse\/(source|target|fuzz)\//.test(path)) return [];
  return text.split('\n').flatMap((line, i) => {
    const code = line.replace(/\/\/.*$/, '').replace(/"(?:[^"\\]|\\.)*"/g, '""');
    return /\bunsafe\b/.test(code) ? [`${path}: only source may be unsafe (line ${i + 1})`] : [];
  });
}

/** @param {string} folder from the root @returns {string[]} */
function filesIn(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ['target', 'dist', 'node_modules'].includes(entry.name) ? [] : filesIn(path);
    return [path];
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const paths = ['contract', 'main', 'preload', 'renderer', 'native-parse']
    .flatMap(filesIn)
    .filter((path) => /\.(ts|mts|vue|rs|toml)$/.test(path));
  const violations = findViolations(new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')])));
  for (const violation of violations) console.error(violation);
  console.log(`${paths.length} files, ${violations.length} breaks of the layers`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
