// What does a call of an operation cost over the request that it sends: arguments, breaker, address, credential, result?
import { ToolMetrics } from '@mcp/metrics';
import { ApiClient, operationsOf, staticCredentials } from '@mcp/openapi-tools';
import { callTool, Tool } from '@mcp/tool-base';
import { Agent } from 'undici';
import { paired, type Batch } from '../harness/paired.ts';
import { startEchoApi } from './echo-api.ts';

const DOCUMENT = {
  openapi: '3.0.3',
  paths: {
    '/articles/{article}/stock': {
      get: {
        operationId: 'stock',
        parameters: [
          { name: 'article', in: 'path', required: true, schema: { type: 'string', maxLength: 40 } },
          { name: 'warehouse', in: 'query', schema: { type: 'string', enum: ['north', 'south'] } },
        ],
      },
    },
  },
};

function mustBeRight(pieces: unknown): void {
  if (pieces !== 7) throw new Error(`wrong answer: ${JSON.stringify(pieces)}`);
}

async function undiciAlone(): Promise<Batch> {
  const origin = await startEchoApi();
  const agent = new Agent();
  const request = {
    origin,
    path: '/articles/A7/stock?warehouse=north',
    method: 'GET',
    headers: { accept: '*/*', authorization: 'Bearer bench' },
  } as const;
  return async (calls) => {
    for (let call = 0; call < calls; call += 1) {
      const { body } = await agent.request(request);
      mustBeRight(((await body.json()) as { pieces: unknown }).pieces);
    }
  };
}

async function operation(): Promise<Batch> {
  const credentials = staticCredentials({ type: 'bearer', token: 'bench' });
  const client = new ApiClient({ baseUrl: await startEchoApi(), private: true, credentials });
  const { tools } = await operationsOf(DOCUMENT, { client });
  const [definition] = tools;
  if (definition === undefined) throw new Error('the operation is not offered');
  const tool = new Tool(definition, { recorder: new ToolMetrics() });
  const request = { arguments: { article: 'A7', warehouse: 'north' }, caller: { name: 'bench' } };
  return async (calls) => {
    for (let call = 0; call < calls; call += 1) mustBeRight((await callTool(tool, request)).structured['pieces']);
  };
}

await paired(
  {
    title:
      'A call of an operation: one connection, a bearer token, 35 bytes of JSON, metrics recorded, breaker and limits at their defaults',
    file: import.meta.url,
    unit: 'µs',
    rounds: 5,
  },
  {
    batch: 50,
    samples: 60,
    baseline: ['undici alone', undiciAlone],
    candidates: { 'operation through callTool': operation },
  },
);
