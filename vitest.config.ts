import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', 'e2e', 'scripts', 'deploy'],
    // On two cores: the end-to-end tests wait for servers more than they compute, and half of the time would be spent waiting.
    maxWorkers: 3,
  },
});
