import { HealthMonitor } from '@mcp/health';
import { defineTool, Tool, ToolRegistry } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { MemoryEventBus } from '../observability/events/memory-event-bus.ts';
import type { PlannedApi } from '../tools/rest/api-tools.ts';
import { apiMetrics } from './metrics/api-metrics.ts';
import { buildApis } from './build-apis.ts';
import { apiRoutes } from '../transports/http/routes/operations/api-routes.ts';

const NO_REQUESTS = {
  requests: 0,
  failed: 0,
  serverErrors: 0,
  failedInARow: 0,
  bytesRead: 0,
  waitedMs: 0,
  lastFailure: null,
};

function plannedApi(key: string): PlannedApi {
  return {
    key,
    tools: [],
    report: [
      { operation: 'GET /a', operationId: 'a', outcome: 'offered', tool: `${key}_a` },
      {
        operation: 'GET /b',
        operationId: undefined,
        outcome: 'withheld',
        tool: `${key}_b`,
        reason: 'It has no parameters.',
      },
      { operation: 'POST /b', operationId: undefined, outcome: 'not included' },
    ],
    baseUrl: 'https://crm.lab.internal',
    servers: ['https://elsewhere.example'],
    fingerprint: key,
    client: { counts: { ...NO_REQUESTS, requests: 4 }, tokenState: undefined },
  };
}

/** `planned` is what the configuration has, until the next `apply`. */
function apisWith() {
  const health = new HealthMonitor();
  const events = new MemoryEventBus();
  const registry = new ToolRegistry();
  const planned: PlannedApi[] = [];
  const apis = buildApis({
    restTools: { apisOf: () => planned },
    calls: { toolset: { registry } },
    observability: { health, events },
  });
  const values = { health: { checkInterval: 30, timeout: 5 } } as unknown as ServerConfig;
  const published: unknown[] = [];
  events.subscribe(({ type, data }) => published.push([type, data]));
  return { apis, health, registry, planned, published, apply: () => apis.apply(values) };
}

test('each API has a health check and an event, and goes with the configuration', () => {
  const { apis, health, planned, published, apply } = apisWith();
  planned.push(plannedApi('crm'));
  apply();
  apply();
  expect(published.splice(0)).toEqual([['api.changed', { api: 'crm', offered: 1, withheld: 1 }]]);
  expect(health.report().checks.map(({ name }) => name)).toEqual(['api_crm']);
  planned.splice(0, 1, plannedApi('crm'));
  apply();
  expect(published.splice(0)).toHaveLength(1);
  planned.splice(0);
  apply();
  expect([published, health.report().checks, apis.reports()]).toEqual([
    [['api.changed', { api: 'crm', offered: 0, withheld: 0 }]],
    [],
    [],
  ]);
});

test('open circuit breakers are named', () => {
  const { apis, registry, planned, apply } = apisWith();
  planned.push(plannedApi('crm'));
  apply();
  const tool = new Tool(defineTool({ name: 'crm_a', description: 'A', input: { type: 'object' }, run: () => 'a' }));
  registry.add(tool);
  expect(apis.get('crm')?.openBreakers).toEqual([]);
  tool.breaker?.forceOpen();
  expect(apis.get('crm')?.openBreakers).toEqual(['crm_a']);
  expect(apis.get('other')).toBeUndefined();
});

test('metrics have one value for each API, and none of tokens where there are none', async () => {
  const { apis, planned, apply } = apisWith();
  planned.push(plannedApi('crm'), plannedApi('erp'));
  apply();
  const read = await Promise.all(
    apiMetrics(() => apis.reports()).map(async ({ name, read: values }) => [name, await values()] as const),
  );
  const byName = Object.fromEntries(read);
  expect(byName['mcp_api_requests_total']).toEqual(
    new Map([
      ['crm', 4],
      ['erp', 4],
    ]),
  );
  expect(byName['mcp_api_operations_withheld']).toEqual(
    new Map([
      ['crm', 1],
      ['erp', 1],
    ]),
  );
  expect(byName['mcp_api_token_requests_total']).toEqual(new Map());
});

test('a caller sees the operations that it may see, and withheld ones only with the whole', async () => {
  const { apis, planned, apply } = apisWith();
  planned.push(plannedApi('crm'));
  apply();
  const [list, one] = apiRoutes({ apis });
  const ask = async (route: typeof list, scopes: readonly string[], key = 'crm'): Promise<unknown> => {
    const context = { var: { principal: { name: 'ana', scopes } }, req: { param: () => key } };
    return (await route!.handle(context as unknown as Parameters<NonNullable<typeof list>['handle']>[0])).json();
  };
  expect(await ask(list, ['tools:read', 'tools:call'])).toMatchObject({
    apis: [
      {
        key: 'crm',
        operations: { offered: 1, withheld: 1, notIncluded: 1 },
        openBreakers: 0,
        token: null,
        condition: { status: 'healthy' },
      },
    ],
  });
  const narrow = ['tools:read', 'tools:call:crm_z*'];
  expect(await ask(one, narrow)).toMatchObject({ operations: [], servers: [] });
  expect(await ask(one, ['tools:read', 'tools:call:crm_a'])).toMatchObject({ operations: [{ tool: 'crm_a' }] });
  expect(await ask(one, narrow, 'none')).toMatchObject({ status: 404 });
});
