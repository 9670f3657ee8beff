import { expect, test } from 'vitest';

import { listed } from '../test-support/listed.ts';
import { scriptedServer } from '../test-support/scripted-server.ts';

test('a connection that the upstream closes after some requests is replaced by one, not by one for each request', async () => {
  const server = await scriptedServer('2026', {
    'tools/list': () => ({ tools: [{ name: 'echo', inputSchema: { type: 'object' } }] }),
    'tools/call': () => ({ content: [{ type: 'text', text: 'done' }] }),
  });
  let connections = 0;
  server.http.on('connection', () => {
    connections += 1;
  });
  server.http.maxRequestsPerSocket = 10;
  const { call } = await listed(server.url);
  for (let n = 0; n < 60; n += 1) expect(await call('up_echo')).toMatchObject({ ok: true });
  expect(connections).toBeLessThan(15);
});
