/** One server of several processes, with faults for real. */
import { existsSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';

import { scratch, startHttpServer, type HttpServerProcess, type Scratch } from '../harness/server-process.ts';
import { execute, headers } from '../harness/tool-requests.ts';
import { childrenOf, descendantsOf, isRunning } from '../harness/processes.ts';

const poll = { timeout: 10_000, interval: 20 };

/** Reports how many of its runs there are at once, over all processes: each run has a file. */
const countingModule = `
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { defineTool, fromJsonSchema } from '@mcp/server';
const folder = new URL('runs/', import.meta.url);
mkdirSync(folder, { recursive: true });
export const tools = [
  defineTool({
    name: 'count_runs',
    description: 'Counts its runs',
    input: fromJsonSchema({ type: 'object', additionalProperties: false }),
    limits: { concurrency: 2, queue: { size: 1000 } },
    async run(_, { correlationId }) {
      const own = new URL(correlationId, folder);
      writeFileSync(own, '');
      const runs = readdirSync(folder).length;
      await wait(1);
      rmSync(own);
      return String(runs);
    },
  }),
];
`;

const configuration = (workers: number, more = ''): string => `
server: { workers: ${workers} }
security:
  allowedTargets: [loopback]
  rateLimit: { requests: 100000, window: 60, burst: 100000 }
database: { url: 'sqlite:./audit.db' }
modules: [./counting.mjs]
tools:
  shout:
    description: Prints its word
    command: echo
    args: ['{word}']
    parameters: { word: { type: string, maxLength: 40 } }
    concurrency: 50
${more}`;

let place: Scratch;
let server: HttpServerProcess | undefined;
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = undefined;
  place[Symbol.dispose]();
});

async function start(workers: number, env: Record<string, string> = {}): Promise<HttpServerProcess> {
  place = scratch();
  place.write('counting.mjs', countingModule);
  const configFile = place.write('config.yaml', configuration(workers));
  server = await startHttpServer({ configFile, env });
  return server;
}

const primaryOf = ({ process: { pid } }: HttpServerProcess): number => pid ?? 0;

/** Over a connection of its own, unless there is an agent. */
async function call(url: string, agent = new Agent()): Promise<number> {
  const status = await new Promise<number>((resolve, reject) => {
    const sent = request(`${url}/tools/shout/execute`, { method: 'POST', headers, agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end(JSON.stringify({ arguments: { word: 'hello' } }));
  });
  return status;
}

function newChildOf(parent: HttpServerProcess, known: readonly number[]): number | undefined {
  return childrenOf(primaryOf(parent)).find((pid) => !known.includes(pid));
}

async function counters(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`, { headers })).text();
  const samples = [...text.matchAll(/^(?<name>[a-z_]+_total(?:\{[^}]*\})?) (?<value>[\d.e+]+)$/gmu)];
  return new Map(samples.map(({ groups }) => [groups?.['name'] ?? '', Number(groups?.['value'])]));
}

const callsIn = async (url: string): Promise<number> => (await counters(url)).get('mcp_metrics_calls_total') ?? 0;

/** Calls that each worker has logged. */
function callsByWorker(given: HttpServerProcess): number[] {
  const counts = new Map<number, number>();
  for (const line of given.output().stderr.split('\n')) {
    if (!line.includes('"call.finished"')) continue;
    const { worker } = JSON.parse(line) as { worker: number };
    counts.set(worker, (counts.get(worker) ?? 0) + 1);
  }
  return [...counts].toSorted(([one], [other]) => one - other).map(([, count]) => count);
}

describe('a server of several workers', { timeout: 120_000 }, () => {
  test('spreads eight connections over two workers four and four, and adds up what they count and audit', async () => {
    const { url } = await start(2);
    const agents = Array.from({ length: 8 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    for (const agent of agents) for (let turn = 0; turn < 5; turn++) expect(await call(url, agent)).toBe(200);
    await expect.poll(() => callsByWorker(server as HttpServerProcess), poll).toEqual([20, 20]);
    for (const agent of agents) agent.destroy();
    expect(await callsIn(url)).toBe(40);
    const { entries } = (await (await fetch(`${url}/executions?limit=1000`, { headers })).json()) as {
      entries: unknown[];
    };
    expect(entries).toHaveLength(40);
  });

  test('counters never fall over 50 scrapes and the death of a worker, and are exact; it is back within moments', async () => {
    const { url } = await start(2);
    const scrapes: number[] = [];
    for (let turn = 0; turn < 25; turn++) {
      expect(await call(url)).toBe(200);
      scrapes.push(await callsIn(url));
    }
    const [victim = 0, other = 0] = childrenOf(primaryOf(server as HttpServerProcess));
    process.kill(victim, 'SIGKILL');
    // The primary has noticed when it has started another.
    await expect.poll(() => newChildOf(server as HttpServerProcess, [victim, other]), poll).toBeDefined();
    for (let turn = 0; turn < 25; turn++) {
      expect(await call(url)).toBe(200);
      scrapes.push(await callsIn(url));
    }
    expect(scrapes).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(isRunning(other)).toBe(true);
    await expect.poll(async () => (await counters(url)).get('mcp_workers_restarted_total'), poll).toBe(1);
  });

  test('a connection on its way to a worker that is killed ends, and its client does not wait for ever', async () => {
    const { url } = await start(2);
    const [victim = 0] = childrenOf(primaryOf(server as HttpServerProcess));
    process.kill(victim, 'SIGSTOP');
    const calls = Array.from({ length: 4 }, () =>
      call(url).then(
        () => 'answered',
        () => 'ended',
      ),
    );
    // node:cluster gives the stopped worker one, and waits for it to take it.
    await expect
      .poll(() => callsByWorker(server as HttpServerProcess).reduce((sum, each) => sum + each, 0), poll)
      .toBe(3);
    process.kill(victim, 'SIGKILL');
    expect((await Promise.all(calls)).toSorted()).toEqual(['answered', 'answered', 'answered', 'ended']);
  });

  test('ends with its primary: no worker and no launcher is left', async () => {
    await start(2);
    const primary = primaryOf(server as HttpServerProcess);
    const all = descendantsOf(primary);
    expect(all.length).toBeGreaterThanOrEqual(4);
    process.kill(primary, 'SIGKILL');
    await expect.poll(() => all.filter((pid) => isRunning(pid)), poll).toEqual([]);
  });

  test('four workers never run a third call of a tool with concurrency 2', async () => {
    const { url } = await start(4);
    const seen = new Set<number>();
    const caller = async (): Promise<void> => {
      for (let turn = 0; turn < 50; turn++) {
        const response = await execute(url, 'count_runs', {}, { connection: 'close' });
        const { content } = (await response.json()) as { content: { text: string }[] };
        seen.add(Number(content[0]?.text));
      }
    };
    await Promise.all(Array.from({ length: 20 }, caller));
    expect(seen).toEqual(new Set([1, 2]));
  });

  test('a tool that is disabled through one worker stays disabled on all, also on one that starts later', async () => {
    const { url } = await start(2);
    expect((await fetch(`${url}/tools/shout/disable`, { method: 'POST', headers })).status).toBe(200);
    const statuses = async (): Promise<Set<number>> =>
      new Set(await Promise.all(Array.from({ length: 8 }, () => call(url))));
    await expect.poll(statuses, poll).toEqual(new Set([409]));
    const [victim = 0, other = 0] = childrenOf(primaryOf(server as HttpServerProcess));
    process.kill(victim, 'SIGKILL');
    await expect.poll(() => newChildOf(server as HttpServerProcess, [victim, other]), poll).toBeDefined();
    expect(await statuses()).toEqual(new Set([409]));
  });

  test('a session of a 2025-era client is known to every worker', async () => {
    const { url } = await start(2);
    const post = (body: object, session?: string): Promise<Response> =>
      fetch(`${url}/mcp`, {
        method: 'POST',
        headers: {
          ...headers,
          connection: 'close',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2025-11-25',
          ...(session !== undefined && { 'mcp-session-id': session }),
        },
        body: JSON.stringify({ jsonrpc: '2.0', ...body }),
      });
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    const opened = await post({ id: 1, method: 'initialize', params });
    await opened.text();
    const session = opened.headers.get('mcp-session-id') ?? '';
    for (let id = 2; id < 12; id++) {
      const response = await post({ id, method: 'tools/list' }, session);
      expect([response.status, (await response.text()).includes('shout')]).toEqual([200, true]);
    }
  });

  test('a reload is checked once and reaches every worker; a wrong one reaches none', async () => {
    const { url, configFile } = await start(2);
    const reload = (): Promise<Response> => fetch(`${url}/config/reload`, { method: 'POST', headers });
    const greet = `
  greet:
    description: Greets
    command: echo
    args: [hello]
`;
    writeFileSync(configFile, configuration(2, greet));
    expect((await reload()).status).toBe(200);
    const found = async (): Promise<number[]> =>
      Promise.all(
        Array.from({ length: 4 }, async () => (await execute(url, 'greet', {}, { connection: 'close' })).status),
      );
    expect(await found()).toEqual([200, 200, 200, 200]);
    writeFileSync(configFile, configuration(2, greet.replace('echo', '../echo')));
    expect((await reload()).status).toBe(422);
    expect(await found()).toEqual([200, 200, 200, 200]);
    // Once for the request, and once more if the watched file was noticed apart from it.
    expect([1, 2]).toContain((await counters(url)).get('mcp_config_reloads_rejected_total'));
    for (let turn = 0; turn < 4; turn++) {
      const shown = await fetch(`${url}/config`, { headers: { ...headers, connection: 'close' } });
      expect(await shown.json()).toMatchObject({
        rejectedReload: { problems: [{ path: expect.anything() as unknown }] },
      });
    }
  });

  test('answers every call whose connection it accepts while it stops', async () => {
    const running = await start(2, { MCP_SERVER_DRAIN_DELAY: '400ms' });
    const answers: (number | string)[] = [];
    const caller = async (): Promise<void> => {
      for (let answer: number | string = 200; answer !== 'ECONNREFUSED'; answers.push(answer)) {
        answer = await call(running.url).catch(({ code }: NodeJS.ErrnoException) => String(code));
      }
    };
    const callers = [caller(), caller(), caller(), caller()];
    await expect.poll(() => answers.length, poll).toBeGreaterThan(20);
    expect(await running.stop()).toBe(0);
    await Promise.all(callers);
    expect(new Set(answers)).toEqual(new Set([200, 'ECONNREFUSED']));
  });

  test('stops with exit code 0, and writes what was recorded', async () => {
    const { url } = await start(2);
    await Promise.all(Array.from({ length: 20 }, () => call(url)));
    const all = descendantsOf(primaryOf(server as HttpServerProcess));
    expect(await server?.stop()).toBe(0);
    expect(all.filter((pid) => isRunning(pid))).toEqual([]);
    expect(existsSync(`${place.folder}/audit.db`)).toBe(true);
  });

  test('gives up with exit code 70 when its workers die five times in a minute', async () => {
    const { closed } = await start(2);
    const killed = new Set<number>();
    while (killed.size < 5) {
      const primary = primaryOf(server as HttpServerProcess);
      await expect.poll(() => childrenOf(primary).some((pid) => !killed.has(pid)), poll).toBe(true);
      const victim = childrenOf(primary).find((pid) => !killed.has(pid)) ?? 0;
      killed.add(victim);
      process.kill(victim, 'SIGKILL');
    }
    expect(await closed).toBe(70);
  });
});
