import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

// Unit tests stand next to the code they test. `golden` asks the built command line and compares with tests/fixtures.
export default defineConfig({
  test: {
    // Old goldens decompress and compare hundreds of thousands of lines.
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['{main,contract,preload,build,tests/native,tests/setup}/**/*.test.ts'],
        },
      },
      {
        extends: true,
        plugins: [vue()],
        test: { name: 'renderer', environment: 'happy-dom', include: ['renderer/**/*.test.ts'] },
      },
      {
        extends: true,
        test: { name: 'golden', environment: 'node', include: ['tests/golden/**/*.test.ts'] },
      },
    ],
  },
});
