import { expect, test } from 'vitest';
import type { CaptureSource } from '../../contract/capture-api';
import { goTestArgs } from './capture-go-test';

const plain: Extract<CaptureSource, { kind: 'go-test' }> = {
  kind: 'go-test',
  directory: '/src',
  packages: './...',
  run: '',
  bench: '',
  count: 0,
};
const args = (more: Partial<typeof plain>): string[] =>
  goTestArgs({ ...plain, ...more }, 'example.com/m/a', '/out/a.part', '/tmp/x.test');

test('F15: go test writes where it is told, and never answers from its cache', () => {
  expect(args({})).toEqual(['test', '-trace=/out/a.part', '-o=/tmp/x.test', '-count=1', 'example.com/m/a']);
});

test('F15: -run, -bench and -count are handed on, each as one argument whatever is in it', () => {
  expect(args({ run: 'Test A|-x', bench: '.', count: 3 }).slice(3)).toEqual([
    '-run=Test A|-x',
    '-bench=.',
    '-count=3',
    'example.com/m/a',
  ]);
});
