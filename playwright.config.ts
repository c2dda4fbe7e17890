import { defineConfig } from '@playwright/test';

// The same specs run as whoever calls (`npm run e2e`) and, in `npm test` by root, once more as an unprivileged user so
// that the sandbox is real; TRACEWELL_E2E_OUT is then a folder which that user may write.
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: process.env['TRACEWELL_E2E_OUT'] ?? 'test-results/e2e',
  timeout: 60_000,
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  reporter: [['list']],
  use: { trace: 'retain-on-failure' },
});
