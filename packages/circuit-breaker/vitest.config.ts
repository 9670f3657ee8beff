import { defineProject } from 'vitest/config';

const conditions = ['@mcp/source', 'node', 'import', 'module', 'default'];

export default defineProject({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    name: 'circuit-breaker',
    isolate: false,
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/test-support/no-unhandled-rejection.ts'],
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
