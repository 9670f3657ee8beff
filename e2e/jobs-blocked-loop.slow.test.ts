/** A function that blocks the event loop of its server for longer than the lease: its job is neither lost nor started twice. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { canRunPostgres, PostgresServer } from './harness/postgres-server.ts';
import {
  apiKey,
  freePort,
  scratch,
  startHttpServer,
  type HttpServerProcess,
  type Scratch,
} from './harness/server-process.ts';

const LEASE_SECONDS = 5;
const BLOCKED_MS = 11_000;

let place: Scratch;
let servers: HttpServerProcess[];
beforeEach(() => {
  place = scratch();
  servers = [];
  place.write(
    'spin.mjs',
    `import { appendFileSync } from 'node:fs';
import { setTimeout as elapsed } from 'node:timers/promises';
import { defineTool, fromJsonSchema } from '@mcp/server';
const input = fromJsonSchema({ type: 'object', properties: { afterMs: { type: 'integer' } }, required: ['afterMs'] });
const spin = async ({ afterMs }) => {
  appendFileSync(${JSON.stringify(join(place.folder, 'starts'))}, 'start\\n');
  await elapsed(afterMs);
  for (const end = performance.now() + ${BLOCKED_MS}; performance.now() < end;);
  return 'spun';
};
export const tools = [
  defineTool({ name: 'once', description: 'Computes', input, job: { mode: 'required' }, run: spin }),
  defineTool({ name: 'again', description: 'Computes, and may be repeated', input, annotations: { idempotentHint: true },
    job: { mode: 'required', rerun: 'ifIdempotent' }, run: spin }),
];
`,
  );
});
afterEach(async () => {
  for (const server of servers) await server.stop();
  place[Symbol.dispose]();
});

async function startServer(more: string, env: Record<string, string> = {}): Promise<void> {
  const port = await freePort();
  const configFile = place.write(
    `${port}.yaml`,
    `modules: [./spin.mjs]\nsecurity: { rateLimit: { requests: 100000, window: 60 } }\n${more}`,
  );
  servers.push(await startHttpServer({ configFile, port, env }));
}

interface Execution {
  readonly executionId: string;
  readonly state: string;
  readonly starts: number;
}

const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', prefer: 'respond-async' };

/** Runs one job after the other, and asks any server for them. @returns how often the tool was started */
async function blockEachTime(tool: string, afterMs: readonly number[]): Promise<number> {
  for (const [index, ms] of afterMs.entries()) {
    const url = (): string => servers[index % servers.length]!.url;
    const body = JSON.stringify({ arguments: { afterMs: ms } });
    const response = await fetch(`${url()}/tools/${tool}/execute`, { method: 'POST', headers, body });
    expect(response.status).toBe(202);
    const { executionId } = (await response.json()) as Execution;
    const execution = async (): Promise<Execution> =>
      (await (await fetch(`${url()}/executions/${executionId}`, { headers })).json()) as Execution;
    await expect.poll(async () => (await execution()).state, { timeout: 60_000 }).toMatch(/^(?!queued|running)/);
    expect(await execution()).toMatchObject({ state: 'completed', starts: 1 });
  }
  return readFileSync(join(place.folder, 'starts'), 'utf8').trim().split('\n').length;
}

/** From the start of the run on: at once, and between two renewals. */
const MOMENTS = [0, 2000];
const lease = (more = ''): string => `jobs: { lease: ${LEASE_SECONDS}${more} }\n`;

test('on a server of its own', async () => {
  await startServer(lease(`, directory: ${place.folder}/jobs`));
  expect(await blockEachTime('once', MOMENTS)).toBe(MOMENTS.length);
});

test('on one of several workers', async () => {
  await startServer(`server: { workers: 2 }\n${lease(`, directory: ${place.folder}/jobs`)}`);
  expect(await blockEachTime('once', MOMENTS)).toBe(MOMENTS.length);
});

describe.skipIf(!canRunPostgres)(
  `on a server that shares its PostgreSQL${canRunPostgres ? '' : ' (SKIPPED: PostgreSQL is not installed)'}`,
  () => {
    test.each(['once', 'again'])('%s', async (tool) => {
      await using postgres = await new PostgresServer().start();
      for (const _ of [1, 2]) await startServer(lease(), { MCP_DATABASE_URL: postgres.url });
      expect(await blockEachTime(tool, MOMENTS)).toBe(MOMENTS.length);
      for (const server of servers.splice(0)) await server.stop();
    });
  },
);
