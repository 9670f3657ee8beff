/** A name whose owner changes its address after it was checked. */
import { systemLookups } from '@mcp/tool-base';
import { expect, test, vi } from 'vitest';

import { listed } from '../test-support/listed.ts';
import { scriptedServer, type ScriptedServer } from '../test-support/scripted-server.ts';

vi.setConfig({ testTimeout: 30_000 });

/** An upstream by a name, which leads to what the test says. */
async function named(
  addresses: { current: readonly string[] },
  { keepsConnections }: { readonly keepsConnections: boolean },
): Promise<{
  readonly server: ScriptedServer;
  readonly lookups: () => number;
  readonly call: () => Promise<{ readonly ok: boolean; readonly error?: { readonly type: string } | undefined }>;
}> {
  const server = await scriptedServer('2026', {
    'tools/list': () => ({ tools: [{ name: 'echo', inputSchema: { type: 'object' } }] }),
    'tools/call': () => ({ content: [{ type: 'text', text: 'done' }] }),
  });
  // Every request then has to connect.
  if (!keepsConnections) server.http.maxRequestsPerSocket = 1;
  const resolve = vi.spyOn(systemLookups, 'resolve').mockImplementation(async () => addresses.current);
  const url = server.url.replace('127.0.0.1', 'up.example');
  const { call } = await listed(url, { http: { url, egress: { private: true } } });
  return { server, lookups: () => resolve.mock.calls.length, call: () => call('up_echo') };
}

test.each([
  // Linux would connect to the same server.
  ['an address that is never allowed', ['0.0.0.0']],
  ['a metadata service besides its own', ['127.0.0.1', '169.254.169.254']],
])('a name that then leads to %s is not connected to, until it leads back', async (_, rebound) => {
  const addresses = { current: ['127.0.0.1'] as readonly string[] };
  const { server, lookups, call } = await named(addresses, { keepsConnections: false });
  expect(await call()).toMatchObject({ ok: true });

  addresses.current = rebound;
  const before = lookups();
  const received = server.received.length;
  expect(await call()).toMatchObject({ ok: false, error: { type: 'unavailable' } });
  expect(lookups()).toBeGreaterThan(before);
  expect(server.received).toHaveLength(received);

  addresses.current = ['127.0.0.1'];
  expect(await call()).toMatchObject({ ok: true });
});

test('while a connection is open its name is not asked again, and another address changes nothing', async () => {
  const addresses = { current: ['127.0.0.1'] as readonly string[] };
  const { lookups, call } = await named(addresses, { keepsConnections: true });
  expect(await call()).toMatchObject({ ok: true });
  const before = lookups();
  addresses.current = ['169.254.169.254'];
  expect(await call()).toMatchObject({ ok: true });
  expect(lookups()).toBe(before);
});
