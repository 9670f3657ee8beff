/**
 * What does a call of an operation cost over the request that it sends: arguments, breaker, address, credential, result? With one call
 * at a time the difference is what a caller waits longer. With 16 each call also waits for the 15 others, which share one processor,
 * so what counts there is the time of the processor.
 */
import { ToolMetrics } from '@mcp/metrics';
import { ApiClient, operationsOf, staticCredentials } from '@mcp/openapi-tools';
import { callTool, Tool } from '@mcp/tool-base';
import { Agent } from 'undici';
import { freshProcesses } from '../harness/fresh-process.ts';
import { quick } from '../harness/quick.ts';
import { against, median, percentile, printResults, show, spread } from '../harness/table.ts';
import { startEchoApi } from './echo-api.ts';

const CONNECTIONS = 64;
const ROUNDS = quick ? 1 : 5;
const SAMPLES = quick ? 20 : 60;
const WARM_UP = 20;
const BATCH = 80;
const AT_MOST_US = 300;

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

/** One call; resolves with what it was answered. */
type Ask = () => Promise<unknown>;

interface Times {
  /** Median of a call, in µs. */
  readonly p50: number;
  readonly p99: number;
  /** Of this thread, a call, in µs. */
  readonly cpu: number;
}

interface Compared {
  readonly alone: Times;
  readonly operation: Times;
}

function undiciAlone(origin: string): Ask {
  const agent = new Agent({ connections: CONNECTIONS });
  const request = {
    origin,
    path: '/articles/A7/stock?warehouse=north',
    method: 'GET',
    headers: { accept: '*/*', authorization: 'Bearer bench' },
  } as const;
  return async () => {
    const { body } = await agent.request(request);
    return ((await body.json()) as { pieces: unknown }).pieces;
  };
}

async function operation(origin: string, concurrency: number): Promise<Ask> {
  const credentials = staticCredentials({ type: 'bearer', token: 'bench' });
  const client = new ApiClient({ baseUrl: origin, private: true, credentials, connections: CONNECTIONS });
  const { tools } = await operationsOf(DOCUMENT, { client, limits: { concurrency } });
  const [definition] = tools;
  if (definition === undefined) throw new Error('the operation is not offered');
  const tool = new Tool(definition, { recorder: new ToolMetrics() });
  const request = { arguments: { article: 'A7', warehouse: 'north' }, caller: { name: 'bench' } };
  return async () => (await callTool(tool, request)).structured['pieces'];
}

const cpuUs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return user + system;
};

/** @returns µs of the processor a call; adds the µs of each call to `times` */
async function batch(ask: Ask, concurrency: number, times: number[]): Promise<number> {
  const before = cpuUs();
  let left = BATCH;
  const worker = async (): Promise<void> => {
    for (; left > 0; left -= 1) {
      const startedAt = performance.now();
      const pieces = await ask();
      times.push((performance.now() - startedAt) * 1000);
      if (pieces !== 7) throw new Error(`wrong answer: ${JSON.stringify(pieces)}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (cpuUs() - before) / times.length;
}

/** The two in turn, so that a change of the machine's load falls on both. */
async function compare(concurrency: number): Promise<Compared> {
  const origin = await startEchoApi();
  const asks = [undiciAlone(origin), await operation(origin, concurrency)] as const;
  const all = asks.map((ask) => ({ ask, times: [] as number[], cpu: [] as number[] }));
  for (let sample = -WARM_UP; sample < SAMPLES; sample += 1) {
    for (const { ask, times, cpu } of all) {
      const own: number[] = [];
      const spent = await batch(ask, concurrency, own);
      if (sample < 0) continue;
      times.push(...own);
      cpu.push(spent);
    }
  }
  const [alone, called] = all.map(({ times, cpu }) => ({
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    cpu: median(cpu),
  }));
  if (alone === undefined || called === undefined) throw new Error('nothing was measured');
  return { alone, operation: called };
}

const measured = await freshProcesses(import.meta.url, (name) => compare(Number(name)));
const rows: string[][] = [];
for (const concurrency of [1, 16]) {
  const runs: Compared[] = [];
  for (let round = 0; round < ROUNDS; round += 1) runs.push(await measured(String(concurrency)));
  const cell = (of: (run: Compared) => number): string => show(spread(runs.map(of)), 0);
  const over = (key: keyof Times): number => median(runs.map((run) => run.operation[key] - run.alone[key]));
  rows.push(
    [
      `${concurrency}: undici alone`,
      ...(['p50', 'p99', 'cpu'] as const).map((key) => cell((run) => run.alone[key])),
      '',
    ],
    [
      `${concurrency}: operation through callTool`,
      ...(['p50', 'p99', 'cpu'] as const).map((key) => cell((run) => run.operation[key])),
      '',
    ],
    [
      `${concurrency}: the difference`,
      ...(['p50', 'p99', 'cpu'] as const).map((key) => cell((run) => run.operation[key] - run.alone[key])),
      against(AT_MOST_US, over(concurrency === 1 ? 'p50' : 'cpu')),
    ],
  );
}
printResults({
  title: 'A call of an operation over undici alone, with 1 and with 16 calls at the same time',
  method: `${ROUNDS} fresh processes each; the two in turn, ${SAMPLES} batches of ${BATCH} calls; up to ${CONNECTIONS} connections that are kept open, to a web service on this machine; a bearer token, 2 arguments, 35 bytes of JSON; metrics recorded, breaker on, timeout and limits of output at their defaults, concurrency of the tool as many as call; median (least-greatest); the limit is on p50 with 1 and on the processor with 16`,
  columns: ['calls at a time', 'p50 µs', 'p99 µs', 'µs of processor a call', 'at most'],
  rows,
});
