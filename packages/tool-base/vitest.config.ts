import { defineProject } from 'vitest/config';

const conditions = ['@mcp/source', 'node', 'import', 'module', 'default'];

export default defineProject({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    name: 'tool-base',
    isolate: false,
    setupFiles: ['../../scripts/test-setup/refuse-broad-signals.ts'],
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
    testTimeout: 60_000,
  },
});
