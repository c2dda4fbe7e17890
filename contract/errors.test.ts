import { describe, expect, test } from 'vitest';
import { traceErrorFrom } from './errors';

describe('traceErrorFrom', () => {
  test('takes code, sentence and place apart', () => {
    const e = new Error('TRUNCATED: The file ends inside part 1, which begins at byte 16 (byte 162490)');
    expect(traceErrorFrom(e)).toEqual({
      code: 'TRUNCATED',
      message: 'The file ends inside part 1, which begins at byte 16.',
      offsetBytes: 162490,
    });
  });
  test('keeps what has no place', () => {
    expect(traceErrorFrom(new Error('NOT_FOUND: There is no file.'))).toEqual({
      code: 'NOT_FOUND',
      message: 'There is no file.',
      offsetBytes: null,
    });
  });
  test('calls what it does not know our fault', () => {
    expect(traceErrorFrom('ODD: x')).toEqual({ code: 'INTERNAL', message: 'ODD: x.', offsetBytes: null });
  });
});
