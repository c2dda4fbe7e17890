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
