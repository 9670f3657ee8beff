import { defineProject } from 'vitest/config';

// The built server runs as a child process, as for a user; only the clients run in the test process.
export default defineProject({
  test: { name: 'e2e', include: ['**/*.test.ts'], testTimeout: 30_000, hookTimeout: 60_000 },
});
