import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { billOf, purlOf, sumsOf } from './bill.mjs';

test('E7.4: the bill of materials names all that is inside, and the runtime', () => {
  const bill = billOf(
    [
      { kind: 'npm', name: '@vue/shared', version: '3.5.45', license: 'MIT', text: '' },
      { kind: 'crate', name: 'memmap2', version: '0.9.12', license: 'MIT/Apache-2.0', text: '' },
      { kind: 'npm', name: 'odd', version: '1.0.0', license: 'see its text', text: '' },
    ],
    { version: '0.1.0', electron: '45.4.1' },
  );
  expect(bill.components.map((c) => c.purl)).toEqual([
    'pkg:npm/%40vue/shared@3.5.45',
    'pkg:cargo/memmap2@0.9.12',
    'pkg:npm/odd@1.0.0',
    'pkg:npm/electron@45.4.1',
  ]);
  expect(bill.components.map((c) => c.licenses[0])).toEqual([
    { expression: 'MIT' },
    { expression: 'MIT OR Apache-2.0' },
    { license: { name: 'see its text' } },
    { expression: 'MIT' },
  ]);
  const refs = bill.components.map((c) => c['bom-ref']);
  expect(new Set(refs).size).toBe(refs.length);
  expect(bill.dependencies).toEqual([{ ref: 'tracewell', dependsOn: refs }]);
});

test('E7.4: what the bundle says is inside has what a bill needs', () => {
  const inside = JSON.parse(readFileSync(path.resolve(__dirname, '../../dist/renderer/licenses.json'), 'utf8')) as {
    kind: 'npm' | 'crate';
    name: string;
    version: string;
    license: unknown;
  }[];
  expect(inside.length).toBeGreaterThan(40);
  for (const part of inside) {
    expect(purlOf(part)).toMatch(/^pkg:(npm|cargo)\/[\w%./-]+@\d+\.\d+\.\d+[\w.+-]*$/);
    expect(typeof part.license, part.name).toBe('string');
  }
});

test('E7.4: sums are those of sha256sum', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tracewell-sums-'));
  try {
    const file = path.join(folder, 'a.deb');
    writeFileSync(file, 'a package');
    expect(await sumsOf([file])).toBe(`${createHash('sha256').update('a package').digest('hex')}  a.deb\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
