/** Two documents are for one reader each; what only the other needs would keep them from finding their way. */
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

test.each([
  [
    'docs/desktop.md',
    /\b(?:clusters?|replicas?|Kubernetes|pods?|Prometheus|Grafana|Redis|Valkey|PostgreSQL|systemd|HTTP)\b/giu,
  ],
  ['docs/cluster.md', /\b(?:desktop|Claude|Cursor|VS Code|stdio|npx|clone)\b/giu],
])('%s names nothing that its reader does not have', (file, others) => {
  expect(readFileSync(file, 'utf8').match(others)).toBeNull();
});
