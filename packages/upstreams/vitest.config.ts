import { defineProject } from 'vitest/config';

const conditions = ['@mcp/source', 'node', 'import', 'module', 'default'];

export default defineProject({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: { name: 'upstreams', isolate: false, include: ['src/**/*.test.ts'], restoreMocks: true },
});
