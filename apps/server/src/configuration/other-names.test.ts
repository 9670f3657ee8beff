/** What people write who know other programs, and what the message says to write here. */
import { expect, test } from 'vitest';

import { loadError } from './test-support/load-server-config.ts';

const tool = (keys: string): string => `{ tools: { t: { description: A, command: df, ${keys} } } }`;

test.each([
  [tool('confirm: true'), "did you mean 'always'?"],
  [tool('confirm: destructive'), "did you mean 'whenDestructive'?"],
  [tool('target: hostname'), "did you mean 'host'?"],
  [tool('environment: { A: b }'), "did you mean 'env'?"],
  [tool('workdir: /tmp'), "did you mean 'cwd'?"],
  [tool('timeout: 10 seconds'), 'write 10s'],
  [tool('timeout: 2 min'), 'write 2m'],
  [tool('resources: { memory: 512M }'), 'write 512MiB'],
  [tool('resources: { memory: 2gi }'), 'write 2GiB'],
  [tool('secrets: { T: { env: T } }'), "did you mean 'variable'?"],
  [tool('sandbox: true'), 'its keys are mode, minimum, read'],
  [tool('sandbox: full'), 'write { mode: full }'],
  [tool('sandbox: { level: full }'), "did you mean 'mode'?"],
  [tool('sandbox: { network: false }'), "did you mean 'none'?"],
  [tool('sandbox: { network: internet }'), "did you mean 'host'?"],
  [tool('parameters: { n: { type: hostname } }'), "did you mean 'target'?"],
  ['{ sandbox: { mode: off } }', "did you mean 'none'?"],
  [
    '{ tools: { t: { description: A, command: kubectl get pods } } }',
    "write command: kubectl, and the rest as args: ['get', 'pods']",
  ],
  ['{ tools: { t: { description: A, command: "df | wc" } } }', 'name one program: no shell reads this'],
  ['{ tools: { t: { description: A, command: "df && wc" } } }', 'name one program: no shell reads this'],
])('%s', async (text, suggestion) => {
  expect((await loadError(text)).message).toContain(suggestion);
});
