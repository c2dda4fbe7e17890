import { expect, test } from 'vitest';
import { readFuses } from './fuses.mjs';

const wire = (version: number, states: string): Buffer =>
  Buffer.concat([
    Buffer.from('noise dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX', 'latin1'),
    Buffer.from([version, states.length]),
    Buffer.from(states, 'latin1'),
    Buffer.from('more'),
  ]);

test('E7.1: fuses are read back from the executable', () => {
  expect(readFuses(wire(1, '0100r1'))).toMatchObject({
    runAsNode: 'off',
    cookieEncryption: 'on',
    nodeOptions: 'off',
    nodeCliInspect: 'off',
    asarIntegrity: 'absent',
    onlyLoadAppFromAsar: 'on',
    browserSnapshot: 'absent',
    fileProtocolPrivileges: 'absent',
  });
});

test('an executable without fuses, or with others than are known, is refused', () => {
  expect(() => readFuses(Buffer.from('nothing'))).toThrow('no fuses');
  expect(() => readFuses(wire(2, '0'))).toThrow('version 2');
});
