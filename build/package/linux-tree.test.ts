import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DESKTOP, MIME } from './linux-tree.mjs';

test('F190: the type is told by the first bytes, whatever the name; traces and links open with the app', () => {
  expect(MIME).toContain('<mime-type type="application/x-go-execution-trace">');
  const [, begin] = /offset="0" value="([^"]+)"/.exec(MIME) ?? [];
  const [, from, to, word] = /offset="(\d+):(\d+)" value="([^"]+)"/.exec(MIME) ?? [];
  // As the system looks for it, in the headers that Go writes.
  for (const header of ['go 1.5 trace\0', 'go 1.11 trace', 'go 1.26 trace']) {
    expect(header.startsWith(begin ?? 'nothing')).toBe(true);
    const at = header.indexOf(word ?? 'nothing');
    expect(at).toBeGreaterThanOrEqual(Number(from));
    expect(at).toBeLessThanOrEqual(Number(to));
  }
  expect(MIME).toContain('*.trace.gz');
  expect(DESKTOP).toMatch(/^Exec=tracewell open %U$/m);
  expect(DESKTOP).toMatch(/^MimeType=application\/x-go-execution-trace;x-scheme-handler\/tracewell;$/m);
});

// Neither can be tried here: what stands in the files is looked at.
test('F190: on macOS and Windows .out and .gz are offered for opening, and taken from nobody', () => {
  const read = (file: string): string => readFileSync(path.resolve(__dirname, '../..', file), 'utf8');
  const builder = read('electron-builder.yml');
  const mac = /^mac:\n((?: .*\n)+)/m.exec(builder)?.[1] ?? '';
  expect(mac).toMatch(/ext: \[out, gz\]\n\s+role: Viewer\n\s+rank: Alternate/);
  // electron-builder makes the class of this name; without `fileAssociations` of its own Windows gets only .trace.
  const [, general = ''] = /^fileAssociations:\n((?: .*\n)+)/m.exec(builder) ?? [];
  expect(general.match(/ext: .*/g)).toEqual(['ext: trace']);
  const [, name = ''] = /- name: (.*)/.exec(general) ?? [];
  const nsis = read('build/resources/installer.nsh');
  for (const ext of ['out', 'gz'])
    for (const action of ['WriteRegStr', 'DeleteRegValue'])
      expect(nsis).toContain(`${action} SHELL_CONTEXT "Software\\Classes\\.${ext}\\OpenWithProgids" "${name}"`);
  expect(builder).toContain('include: build/resources/installer.nsh');
});
