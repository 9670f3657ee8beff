import type { ToolGateway } from '../calls/tool-gateway.ts';
import { expect, test } from 'vitest';

import { localPrincipal } from '../access/principal.ts';
import { builtinResources } from './builtin-resources.ts';

test('the resources are compact JSON', async () => {
  const value = { status: 'pass', checks: [{ name: 'cpu' }] };
  const read = (): unknown => value;
  const gateway = { registry: { get: () => undefined }, list: () => [] } as unknown as ToolGateway;
  const resources = builtinResources({ gateway, health: read, metrics: read, configuration: read });
  const ann = localPrincipal('stdio');
  const fixed = resources.flatMap((resource) => ('uri' in resource ? [resource] : []));
  expect(fixed.map(({ uri }) => uri)).toEqual(['mcp://health', 'mcp://metrics', 'mcp://config']);
  for (const resource of fixed) {
    const body = await ('readFor' in resource ? resource.readFor(ann) : resource.read());
    expect(body).toBe('{"status":"pass","checks":[{"name":"cpu"}]}');
  }
});
