import { defineProject } from 'vitest/config';

// The built server runs as a child process, as for a user; only the clients run in the test process.
export default defineProject({
  // The limits of time end a test that hangs. A busy machine stays far below them.
  test: {
    name: 'e2e',
    isolate: false,
    setupFiles: ['../scripts/test-setup/refuse-broad-signals.ts'],
    include: ['**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
