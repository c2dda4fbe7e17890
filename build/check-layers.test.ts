import { describe, expect, it } from 'vitest';
import { findViolations, importsOf } from './check-layers.mjs';

const breaks = (path: string, text: string): string[] => findViolations(new Map([[path, text]]));

describe('check-layers, TypeScript', () => {
  it.each([
    [
      'main/app/x.ts',
      "import { app } from 'electron';\nimport path from 'node:path';\nimport type { T } from '../../contract/units';",
    ],
    [
      'main/host/host.ts',
      "import type { ParentPort } from 'electron';\nconst addon = require('../../native-parse/dist/native-parse.node');",
    ],
    [
      'renderer/timeline/x.ts',
      "import { a } from '../trace/a';\nimport { b } from '../base/b';\nimport { c } from '../../contract/units';",
    ],
    [
      'renderer/pages/home/Home.vue',
      '<script setup lang="ts">\nimport X from "../../timeline/X.vue";\nimport "./home.css";\n</script>',
    ],
    ['renderer/app/pages.ts', "import { home } from '../pages/home';"],
    ['renderer/main.ts', "import App from './app/App.vue';\nimport './styles/tokens.css';"],
    ['renderer/base/x.test.ts', "import { it } from 'vitest';\nimport { x } from './x';"],
    ['renderer/charts/x.ts', "import * as echarts from 'echarts/core';"],
    ['renderer/pages/mmu/mmu-option.ts', "import type { EChartsOption } from 'echarts';"],
  ])('lets %s pass', (path, text) => {
    expect(breaks(path, text)).toEqual([]);
  });

  it.each([
    ['contract/units.ts', "import x from 'vue';", 'contract may not import vue'],
    ['contract/units.ts', "import x from '../main/app/x';", 'contract may not import main/app/x'],
    ['main/app/x.ts', "import { x } from '../../renderer/base/x';", 'main may not import renderer/base/x'],
    ['main/app/x.ts', "import { x } from '../host/trace-host';", 'main may not import main/host/trace-host'],
    ['main/host/host.ts', "import { app } from 'electron';", 'main/host may not import electron'],
    ['main/host/host.ts', "import { x } from '../app/x';", 'main/host may not import main/app/x'],
    ['preload/preload.ts', "import fs from 'node:fs';", 'preload may not import node:fs'],
    ['renderer/base/x.ts', "import { x } from '../widgets/x';", 'renderer/base may not import renderer/widgets/x'],
    ['renderer/trace/x.ts', "export * from '../timeline/x';", 'renderer/trace may not import renderer/timeline/x'],
    [
      'renderer/timeline/x.ts',
      "const x = await import('../app/x');",
      'renderer/timeline may not import renderer/app/x',
    ],
    [
      'renderer/pages/home/x.ts',
      "import { x } from '../mmu/x';",
      'renderer/pages/* may not import renderer/pages/mmu/x',
    ],
    ['renderer/pages/mmu/x.ts', "import { init } from 'echarts';", 'renderer/pages/* may not import echarts'],
    ['renderer/app/x.ts', "import { ipcRenderer } from 'electron';", 'renderer/app may not import electron'],
    [
      'renderer/app/x.ts',
      "import { run } from '../../build/processes.mjs';",
      'renderer/app may not import build/processes.mjs',
    ],
    ['renderer/base/x.ts', "import { it } from 'vitest';", 'renderer/base may not import vitest'],
  ])('catches %s: %s', (path, text, sentence) => {
    expect(breaks(path, text)).toEqual([`${path}: ${sentence}`]);
  });

  it('reads imports, not comments or strings', () => {
    const text =
      "// import x from 'vue';\nconst s = \"import y from 'pinia'\";\nimport type { A } from './a';\nimport { type B } from './b';";
    expect(importsOf('contract/x.ts', text)).toEqual([
      { name: './a', typeOnly: true },
      { name: './b', typeOnly: true },
    ]);
  });
});

describe('check-layers, Rust', () => {
  it('lets crates depend on what stands left of them', () => {
    const text =
      '[dependencies]\ntracewell-wire.workspace = true\ntracewell-order = { path = "../order" }\nserde_json = "1"\n';
    expect(breaks('native-parse/index/Cargo.toml', text)).toEqual([]);
  });

  it('catches a dependency to the right, napi, and a crate without a row', () => {
    expect(breaks('native-parse/wire/Cargo.toml', '[dependencies]\ntracewell-index.workspace = true\n')).toEqual([
      'native-parse/wire/Cargo.toml: wire may not depend on tracewell-index',
    ]);
    expect(
      breaks('native-parse/slice/Cargo.toml', '[dependencies.tracewell-analysis]\npath = "../analysis"\n'),
    ).toEqual(['native-parse/slice/Cargo.toml: slice may not depend on tracewell-analysis']);
    expect(breaks('native-parse/cli/Cargo.toml', '[dependencies]\nnapi-derive = "3"\n')).toEqual([
      'native-parse/cli/Cargo.toml: only binding may depend on napi-derive',
    ]);
    expect(breaks('native-parse/novel/Cargo.toml', '')).toEqual([
      'native-parse/novel/Cargo.toml: the crate novel has no row in build/check-layers.mjs',
    ]);
  });

  it('catches unsafe code outside source, and only code', () => {
    expect(breaks('native-parse/source/src/lib.rs', 'unsafe { map() }')).toEqual([]);
    expect(breaks('native-parse/wire/src/lib.rs', '// unsafe\n#![forbid(unsafe_code)]\nlet s = "unsafe";')).toEqual([]);
    expect(breaks('native-parse/wire/src/lib.rs', '\nlet x = unsafe { y() };')).toEqual([
      'native-parse/wire/src/lib.rs: only source may be unsafe (line 2)',
    ]);
  });
});
