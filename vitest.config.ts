import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', 'e2e', 'scripts', 'deploy'],
    // End-to-end tests mostly wait for servers, so two cores can serve three workers.
    maxWorkers: 3,
    coverage: {
      provider: 'v8',
      include: ['**/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-d.ts', '**/test-support/**'],
      reporter: ['text-summary', 'json-summary', 'lcovonly'],
      reportsDirectory: 'reports/coverage',
    },
  },
});
