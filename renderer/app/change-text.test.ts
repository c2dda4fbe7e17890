import { expect, it } from 'vitest';
import type { FileChangeKind } from '../../contract/shell-api';
import { changeText } from './change-text';

it.each<[FileChangeKind, boolean, boolean, string, string, boolean]>([
  ['replaced', false, true, 'File was replaced.', 'the trace that was opened', true],
  ['replaced', true, true, 'File was replaced.', 'What was drawn stays', true],
  ['replaced', false, false, 'File was replaced.', 'What was drawn stays', true],
  ['truncated', true, false, 'File was replaced.', 'cut short', true],
  ['deleted', false, true, 'File was deleted.', 'until this tab is closed', false],
  ['deleted', false, false, 'File was deleted.', 'What was drawn stays', false],
])('%s, bytes lost %s, engine %s: %s', (kind, bytesLost, isRunning, title, part, canReload) => {
  const text = changeText({ traceId: 1, kind, bytesLost }, isRunning);
  expect([text.title, text.canReload]).toEqual([title, canReload]);
  expect(text.sentence).toContain(part);
});
