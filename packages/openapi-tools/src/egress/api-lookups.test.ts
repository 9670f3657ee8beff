import { afterAll, expect, test, vi } from 'vitest';

import type { ToolDefinition } from '@mcp/tool-base';
import { call, startLocalApi } from '../test-support/local-api.ts';

// Other test files of this worker have loaded what looks names up.
vi.resetModules();
vi.doMock('node:dns/promises', { spy: true });
const { lookup } = await import('node:dns/promises');
const { defineHttpTool } = await import('../declared/define-http-tool.ts');

afterAll(() => {
  vi.doUnmock('node:dns/promises');
  vi.resetModules();
});

test('an API whose name server does not answer stops no look-up of another', async () => {
  vi.mocked(lookup).mockImplementation(((host: string) =>
    host === 'slow.example'
      ? new Promise(() => {})
      : Promise.resolve([{ address: '127.0.0.1', family: 4 }])) as unknown as typeof lookup);
  await using api = await startLocalApi();
  const { port } = new URL(api.url);
  const toolAt = (host: string): ToolDefinition =>
    defineHttpTool(
      { name: 't', description: 'T', http: { url: `http://${host}:${port}` } },
      { private: true, plaintext: true },
    );
  void call(toolAt('slow.example'));
  expect(await call(toolAt('fast.example'))).toMatchObject({ ok: true });
});
