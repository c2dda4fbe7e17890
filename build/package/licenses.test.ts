import { expect, test } from 'vitest';
import { packageDirOf } from './licenses.mjs';

test('E7.4: the package of a module is found, scoped or nested; ours is none', () => {
  expect(packageDirOf('/a/node_modules/vue/dist/x.js')).toBe('/a/node_modules/vue');
  expect(packageDirOf('/a/node_modules/@vue/shared/x.js?v=1')).toBe('/a/node_modules/@vue/shared');
  expect(packageDirOf('/a/node_modules/x/node_modules/y/z.js')).toBe('/a/node_modules/x/node_modules/y');
  expect(packageDirOf('\0/a/node_modules/x/i.js')).toBe('/a/node_modules/x');
  expect(packageDirOf('/a/renderer/main.ts')).toBeNull();
});
