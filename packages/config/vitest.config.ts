import { defineProject } from 'vitest/config';

const conditions = ['@mcp/source', 'node', 'import', 'module', 'default'];

export default defineProject({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  // Files, file events and child processes are real here; a busy machine may take its time over them.
  test: { name: 'config', isolate: false, include: ['src/**/*.test.ts'], restoreMocks: true, testTimeout: 120_000 },
});
