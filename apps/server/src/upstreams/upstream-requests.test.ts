import { ToolError } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { CallLimit } from '../calls/call-limit.ts';
import type { AuditRecord } from '../observability/audit/audit-entry.ts';
import { MemoryRateLimiter } from '../rate-limit/memory-rate-limiter.ts';
import { UpstreamRequests, type CatalogRequest } from './upstream-requests.ts';

interface Fixture {
  readonly audited: AuditRecord[];
  readonly limit: CallLimit;
  readonly read: (uri: string, ask?: () => Promise<string>) => Promise<string>;
}

function fixture({ requests = 100, max = 10 } = {}): Fixture {
  const audited: AuditRecord[] = [];
  const limit = new CallLimit(max);
  const made = new UpstreamRequests({
    audit: { record: (record) => void audited.push(record) },
    rateLimiter: new MemoryRateLimiter({ requests, windowMs: 60_000 }),
    limit,
  });
  const request = (uri: string): CatalogRequest => ({
    name: `wiki+${uri}`,
    limitedAs: 'wiki',
    upstream: { name: 'wiki', tool: uri, era: '2026', request: 'resources/read' },
    arguments: {},
    reader: {
      principal: { name: 'ana', scopes: ['tools:call'], keyName: 'laptop' },
      origin: { address: '192.0.2.7', client: { name: 'desk', version: '1' } },
    },
  });
  return { audited, limit, read: (uri, ask = async () => 'text') => made.make(request(uri), ask) };
}

test('a request has an entry in the audit log that names the upstream, what was asked and who asked from where', async () => {
  const { audited, read } = fixture();
  expect(await read('file:///a')).toBe('text');
  expect(audited).toMatchObject([
    {
      tool: 'wiki+file:///a',
      caller: 'ana',
      keyName: 'laptop',
      address: '192.0.2.7',
      client: { name: 'desk' },
      decision: 'allowed',
      outcome: 'success',
      outputBytes: 6,
      upstream: { name: 'wiki', tool: 'file:///a', era: '2026', request: 'resources/read' },
    },
  ]);
});

test('a request beyond the rate limit never reaches the upstream, and made-up addresses have no limit of their own', async () => {
  const { audited, read } = fixture({ requests: 2 });
  let asked = 0;
  const ask = async (): Promise<string> => `${(asked += 1)}`;
  await read('file:///a', ask);
  await read('file:///b', ask);
  await expect(read('file:///c', ask)).rejects.toMatchObject({
    type: 'resource_exhausted',
    retryAfterMs: expect.any(Number),
  });
  expect(asked).toBe(2);
  expect(audited.at(-1)).toMatchObject({ decision: 'refused', outcome: 'resource_exhausted', upstream: undefined });
});

test('a request counts against the calls at a time, and one too many is refused and audited', async () => {
  const { audited, limit, read } = fixture({ max: 1 });
  const answer = Promise.withResolvers<string>();
  const first = read('file:///a', () => answer.promise);
  await expect(read('file:///b')).rejects.toMatchObject({ type: 'resource_exhausted' });
  answer.resolve('late');
  expect([await first, limit.inFlight, limit.shed]).toEqual(['late', 0, 1]);
  expect(audited.map(({ tool, decision }) => [tool, decision])).toEqual([
    ['wiki+file:///b', 'refused'],
    ['wiki+file:///a', 'allowed'],
  ]);
});

test('a failure of the upstream is the outcome of the entry, and frees the place', async () => {
  const { audited, limit, read } = fixture();
  await expect(read('file:///a', () => Promise.reject(new ToolError('timeout', 'Late.')))).rejects.toThrow('Late.');
  expect(audited).toMatchObject([{ decision: 'allowed', outcome: 'timeout', message: 'Late.' }]);
  expect(limit.inFlight).toBe(0);
});
