import { fileURLToPath } from 'node:url';
import { defineProject } from 'vitest/config';

const conditions = ['@mcp/source', 'node'];

// Tests of the repository itself: its template, and what its documents say. They run in its root.
export default defineProject({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    name: 'repository',
    isolate: false,
    setupFiles: [fileURLToPath(new URL('../scripts/test-setup/refuse-broad-signals.ts', import.meta.url))],
    root: '..',
    include: ['scripts/**/*.test.ts'],
    testTimeout: 60_000,
  },
});
