import { defineProject } from 'vitest/config';

// Tests of the repository itself: its template, and what its documents say. They run in its root.
export default defineProject({
  test: { name: 'repository', root: '..', include: ['scripts/**/*.test.ts'] },
});
