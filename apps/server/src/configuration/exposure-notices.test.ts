import { expect, test } from 'vitest';

import type { ServerConfig } from './shape/server-config.ts';
import { serverNotices } from './rules/server-rules.ts';

function notices(transport: 'http' | 'stdio', host: string, prometheusPort?: number): string[] {
  const security = { auth: 'required' };
  return serverNotices({
    server: { transport, host },
    security,
    metrics: { prometheusPort },
    tools: {},
    upstreams: {},
  } as ServerConfig);
}

test('a listener that other machines can reach is reported, whatever the transport', () => {
  expect(notices('http', '0.0.0.0')).toEqual(['the server listens on 0.0.0.0, which other machines can reach']);
  expect(notices('stdio', '0.0.0.0', 9090)).toEqual([
    'metrics.prometheusPort is open on 0.0.0.0, which other machines can reach',
  ]);
});

test('nothing is reported on loopback, or without a listener', () => {
  expect(notices('http', '127.0.0.1', 9090)).toEqual([]);
  expect(notices('stdio', '::1', 9090)).toEqual([]);
  expect(notices('stdio', '0.0.0.0')).toEqual([]);
});
