import { expect, test } from 'vitest';

import { loadServerConfig } from '../../configuration/test-support/load-server-config.ts';
import { readUpstreams } from './read-upstreams.ts';
import { renderUpstream } from './render-upstreams.ts';

test('a program that ends is shown with what it wrote to stderr', async () => {
  const program = JSON.stringify([process.execPath, '-e', 'console.error("the key is missing"); process.exit(1)']);
  await using store = await loadServerConfig(`upstreams: { bad: { command: ${program}, trust: open } }`);
  await using read = await readUpstreams(store.snapshot.values, { locked: false, keeps: false });
  const [text] = read.upstreams.map(renderUpstream);
  expect(text).toMatch(/^ {2}failed {4}The program ended \(exit code 1\)\.$/mu);
  expect(text).toMatch(/^ {2}stderr {4}the key is missing$/mu);
});
