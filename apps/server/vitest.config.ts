import { defineProject } from 'vitest/config';

// Vite and Node each add 'import' or 'require' as the case may be. Forced on, 'import' breaks CommonJS packages that require
// one that has both (pg and pg-pool).
const conditions = ['@mcp/source', 'node'];

export default defineProject({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    name: 'server',
    isolate: false,
    setupFiles: ['../../scripts/test-setup/refuse-broad-signals.ts'],
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
    // The limits of time end a test that hangs. A busy machine stays far below them.
    testTimeout: 30_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
