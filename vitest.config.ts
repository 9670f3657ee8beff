import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', 'e2e', 'scripts', 'deploy'],
    coverage: {
      provider: 'v8',
      include: ['**/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-d.ts', '**/test-support/**'],
      reporter: ['text-summary', 'json-summary', 'lcovonly'],
      reportsDirectory: 'reports/coverage',
    },
  },
});
