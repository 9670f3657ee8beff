import { ConfigStore, MemorySource } from '@mcp/config';
import { expect, test } from 'vitest';

import { serverConfigDefinition } from '../../configuration/server-definition.ts';
import { upstreamSandboxes } from '../../configuration/settings/upstream-program.ts';
import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { checkUpstreams } from './upstream-checks.ts';

async function configuration(upstreams: object): Promise<ServerConfig> {
  const source = new MemorySource(JSON.stringify({ upstreams, federation: { lockFile: '/tmp/none.lock.json' } }));
  await using store = await ConfigStore.load({ definition: serverConfigDefinition, file: '/x/config.yaml', source });
  return store.snapshot.values;
}

test('what an upstream lacks is a problem with its setting and what to do', async () => {
  const values = await configuration({
    files: { command: ['no-such-program'] },
    far: { url: 'https://up.example/mcp' },
  });
  expect(await checkUpstreams(values)).toEqual([
    {
      level: 'problem',
      check: 'upstreams',
      message: expect.stringMatching(/^upstreams\.files\.command: The program cannot be started: /u) as string,
      action: 'Correct it, or remove the upstream.',
    },
  ]);
  expect(await checkUpstreams(await configuration({}))).toEqual([]);
  const [found] = await checkUpstreams(await configuration({ far: { url: 'https://up.example/mcp' } }));
  expect(found).toMatchObject({ level: 'ok' });
});

test('the sandboxes of programs of upstreams are tried as those of tools', async () => {
  const values = await configuration({
    files: { command: ['/bin/cat'], cwd: '/tmp', sandbox: { minimum: 'files' } },
    far: { url: 'https://up.example/mcp' },
  });
  expect(upstreamSandboxes(values)).toMatchObject([['upstreams.files', { minimum: 'files', network: 'host' }]]);
});
