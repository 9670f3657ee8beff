import { lookup } from 'node:dns/promises';

import { expect, test, vi } from 'vitest';

import { call, startLocalApi } from '../test-support/local-api.ts';
import { defineHttpTool } from '../declared/define-http-tool.ts';

vi.mock('node:dns/promises', { spy: true });

test('an API whose name server does not answer stops no look-up of another', async () => {
  vi.mocked(lookup).mockImplementation(((host: string) =>
    host === 'slow.example'
      ? new Promise(() => {})
      : Promise.resolve([{ address: '127.0.0.1', family: 4 }])) as unknown as typeof lookup);
  await using api = await startLocalApi();
  const { port } = new URL(api.url);
  const toolAt = (host: string): ReturnType<typeof defineHttpTool> =>
    defineHttpTool(
      { name: 't', description: 'T', http: { url: `http://${host}:${port}` } },
      { private: true, plaintext: true },
    );
  void call(toolAt('slow.example'));
  expect(await call(toolAt('fast.example'))).toMatchObject({ ok: true });
});
