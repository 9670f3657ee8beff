import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'deploy',
    isolate: false,
    setupFiles: ['../scripts/test-setup/refuse-broad-signals.ts'],
    include: ['**/*.test.ts'],
    testTimeout: 60_000,
  },
});
