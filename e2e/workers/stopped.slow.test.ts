/** Several workers, where one of the processes stops without ending. */
import { Agent, request, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';

import { scratch, startHttpServer, type HttpServerProcess, type Scratch } from '../harness/server-process.ts';
import { headers } from '../harness/tool-requests.ts';
import { childrenOf } from '../harness/processes.ts';

const poll = { timeout: 30_000, interval: 50 };

const module = `
import { defineTool, fromJsonSchema } from '@mcp/server';
const input = fromJsonSchema({ type: 'object', properties: { word: { type: 'string' } }, required: ['word'] });
export const tools = [
  defineTool({ name: 'say', description: 'Says its word', input, limits: { concurrency: 100, queue: { size: 1000 } }, run: ({ word }) => word }),
];
`;

const configuration = (workers: number): string => `
server: { workers: ${workers} }
security: { rateLimit: { requests: 1000000, window: 60, burst: 1000000 } }
database: { url: 'sqlite:./audit.db' }
modules: [./say.mjs]
`;

let place: Scratch;
let server: HttpServerProcess | undefined;
const stopped = new Set<number>();
afterEach(async () => {
  for (const pid of stopped) process.kill(pid, 'SIGCONT');
  stopped.clear();
  await server?.[Symbol.asyncDispose]();
  server = undefined;
  place[Symbol.dispose]();
});

async function start(workers: number): Promise<HttpServerProcess> {
  place = scratch();
  place.write('say.mjs', module);
  server = await startHttpServer({ configFile: place.write('config.yaml', configuration(workers)) });
  return server;
}

const primaryOf = ({ process: { pid } }: HttpServerProcess): number => pid ?? 0;

function stop(pid: number): void {
  stopped.add(pid);
  process.kill(pid, 'SIGSTOP');
}

function go(pid: number): void {
  stopped.delete(pid);
  process.kill(pid, 'SIGCONT');
}

const connection = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 });

/** Resolves once the whole response has arrived. */
function send(url: string, method: 'GET' | 'POST', agent: Agent, body = ''): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (response) => {
      response.resume().on('end', () => resolve(response));
    });
    sent.on('error', reject).end(body);
  });
}

const call = (url: string, agent: Agent): Promise<IncomingMessage> =>
  send(`${url}/tools/say/execute`, 'POST', agent, JSON.stringify({ arguments: { word: 'hello' } }));

const say = async (url: string, agent: Agent): Promise<number> => (await call(url, agent)).statusCode ?? 0;

/** The worker that has a connection, by what it logs. */
async function workerOf(running: HttpServerProcess, agent: Agent): Promise<number> {
  const response = await call(running.url, agent);
  expect(response.statusCode).toBe(200);
  const id = String(response.headers['x-correlation-id']);
  // The lines of other calls, and of the start, may come later than this answer.
  const line = (): string | undefined => {
    const ofCall = running
      .output()
      .stderr.split('\n')
      .find((each) => each.includes(id));
    return /"worker":(?<number>\d)/u.exec(ofCall ?? '')?.[1];
  };
  await expect.poll(line, poll).toBeDefined();
  return Number(line());
}

describe('a server of several workers', { timeout: 300_000 }, () => {
  test('answers on the connections of one worker while the other is stopped, and on all when it goes on', async () => {
    const running = await start(2);
    const agents = [connection(), connection(), connection(), connection()];
    const workers: number[] = [];
    for (const agent of agents) workers.push(await workerOf(running, agent));
    expect(workers.filter((worker) => worker === 1)).toHaveLength(2);
    // Workers are started in the order of their numbers.
    const pids = childrenOf(primaryOf(running));
    const victim = pids[1] ?? 0;
    stop(victim);
    const waiting = agents.filter((_, index) => workers[index] === 2).map((agent) => say(running.url, agent));
    for (let round = 0; round < 50; round++) {
      for (const agent of agents.filter((_, index) => workers[index] === 1)) {
        expect(await say(running.url, agent)).toBe(200);
      }
    }
    go(victim);
    expect(await Promise.all(waiting)).toEqual([200, 200]);
    for (const agent of agents) expect(await say(running.url, agent)).toBe(200);
    for (const agent of agents) agent.destroy();
  });

  test('answers what needs no slot while its primary is stopped, and every call when that goes on, of which none is missing then', async () => {
    const running = await start(2);
    const agents = [connection(), connection(), connection(), connection()];
    const workers: number[] = [];
    for (const agent of agents) workers.push(await workerOf(running, agent));
    expect(new Set(workers)).toEqual(new Set([1, 2]));
    stop(primaryOf(running));
    for (const agent of agents) expect((await send(`${running.url}/tools`, 'GET', agent)).statusCode).toBe(200);
    // The primary lends the slots of tools, and accepts connections.
    const waiting = [...agents, connection()].map((agent) => say(running.url, agent));
    go(primaryOf(running));
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => 200));
    for (let round = 0; round < 20; round++) {
      expect(await Promise.all(agents.map((agent) => say(running.url, agent)))).toEqual(agents.map(() => 200));
    }
    const read = async (path: string): Promise<string> => (await fetch(`${running.url}${path}`, { headers })).text();
    const entries = async (): Promise<number> =>
      (JSON.parse(await read('/executions?limit=1000')) as { entries: unknown[] }).entries.length;
    await expect.poll(entries, poll).toBe(89);
    await expect.poll(() => read('/metrics'), poll).toMatch(/^mcp_metrics_calls_total 89$/mu);
    for (const agent of agents) agent.destroy();
  });
});
