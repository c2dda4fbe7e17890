import { expect, test } from 'vitest';
import type { TaskLog } from '../../../contract/answers';
import { fieldColumns, fieldKeys, fieldsOf } from './log-fields';

const log = (message: string): TaskLog => ({ atNanos: 0, goroutine: 1, task: 1, category: '', message });

test('F127: pairs of key and value in messages are columns, numbers sort as numbers', () => {
  expect([...fieldsOf('GET route=/a/b?x=1 request_id=42 who="a \\"b c" (n=3) end')]).toEqual([
    ['route', '/a/b?x=1'],
    ['request_id', '42'],
    ['who', 'a \\"b c'],
    ['n', '3'],
  ]);
  expect(fieldsOf('1+1==2, a == b, no pairs').size).toBe(0);
  const logs = [log('id=9 route=/'), log('id=10'), log('plain')];
  expect(fieldKeys(logs)).toEqual(['id', 'route']);
  const [id, route] = fieldColumns(fieldKeys(logs));
  expect(logs.map((l) => id!.value(l))).toEqual([9, 10, null]);
  expect(logs.map((l) => route!.text!(l))).toEqual(['/', '', '']);
  expect(id!.help).toContain('id=');
});
