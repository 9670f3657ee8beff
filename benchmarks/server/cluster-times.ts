/** How soon is what happens on one server known on another, and what does a call wait for while Redis does not answer? */
import { canRunRedis, RedisProcess } from '../../e2e/harness/redis-process.ts';
import { cpuMs } from '../harness/process-time.ts';
import { against, percentile, printResults } from '../harness/table.ts';
import { quick } from '../harness/quick.ts';
import { startCandidate, type Candidate } from './candidate.ts';
import { configurationOf } from './configuration-of.ts';
import { initializeMessage, LEGACY_VERSION, requestMessage } from './requests.ts';

const TURNS = quick ? 20 : 200;
const MAX_SEEN_MS = 250;
const MAX_ADOPTED_MS = 10;
/** What a call may take longer than before: `cluster.timeout`, and what the timers of a process are late by. */
const MAX_WAIT_MS = 150 + 15;
/** What a median may be worse by. */
const NOISE_MS = 0.5;

async function measure(): Promise<void> {
  await using redis = await RedisProcess.start();
  const env = {
    MCP_CLUSTER_URL: redis.url,
    MCP_CLUSTER_SECRETS: 'b5c1f6a2d4e8907734ab12cd56ef9081',
    // Low enough that Redis is asked for every call, and more than one caller can send one after the other.
    MCP_SECURITY_RATE_LIMIT_REQUESTS: '1900',
  };
  const servers: Candidate[] = [];
  try {
    for (const processor of ['0', '1', '0']) {
      servers.push(await startCandidate({ name: '@mcp/server', server: 'ours', env }, processor));
    }
    const [a, b] = servers as [Candidate, Candidate];
    const bare = await startCandidate({ name: 'bare node:http', server: 'bare-node.ts' }, '1');
    servers.push(bare);
    await waitFor(async () => (await (await get(a, '/metrics')).text()).includes('mcp_cluster_replicas 3'));
    const rows = [
      rowOf('a tool that is disabled or enabled, seen on another server', await seenSwitches(a, b)),
      rowOf('a breaker that is forced open or reset, seen on another server', await seenBreakers(a, b)),
      rowOf('an event, received from another server', await seenEvents(a, b)),
      ...(await adoptions(a, b, bare)),
      ...(await waits(a, redis)),
    ];
    const configuration = await configurationOf(a);
    printResults({
      title: 'Times of a cluster',
      method: `three servers and Redis on one machine, ${TURNS} turns each, over HTTP; cluster.timeout=0.15 (default), ${configuration}`,
      columns: ['', 'p50, ms', 'p99, ms', 'greatest, ms', 'p99 at most'],
      rows,
    });
  } finally {
    for (const server of servers) await server.stop();
  }
}

function rowOf(name: string, times: readonly number[], limitMs = MAX_SEEN_MS): string[] {
  const p99 = percentile(times, 0.99);
  const shown = [percentile(times, 0.5), p99, Math.max(...times)].map((ms) => ms.toFixed(2));
  return [name, ...shown, against(limitMs, p99)];
}

const headersOf = ({ apiKey }: Candidate): Record<string, string> => ({ authorization: `Bearer ${apiKey}` });

const get = (server: Candidate, path: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${server.port}${path}`, { headers: headersOf(server) });

async function post(server: Candidate, path: string, body: object = {}, more: object = {}): Promise<Response> {
  const headers = { ...headersOf(server), 'content-type': 'application/json', ...more };
  return fetch(`http://127.0.0.1:${server.port}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function waitFor(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await new Promise((resolve) => setImmediate(resolve));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** From when the server that was asked has answered. */
async function seenSwitches(a: Candidate, b: Candidate): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const enabled = turn % 2 === 1;
    await (await post(a, `/tools/echo/${enabled ? 'enable' : 'disable'}`)).text();
    const isSeen = async (): Promise<boolean> =>
      ((await (await get(b, '/tools/echo')).json()) as { enabled: boolean }).enabled === enabled;
    times.push(await timed(() => waitFor(isSeen)));
  }
  return times;
}

async function seenBreakers(a: Candidate, b: Candidate): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const open = turn % 2 === 0;
    await (await post(a, `/tools/echo/breaker/${open ? 'open' : 'reset'}`)).text();
    const isSeen = async (): Promise<boolean> => {
      const response = await post(b, '/tools/echo/execute', { arguments: { text: 'x' } });
      await response.text();
      return (response.status === 503) === open;
    };
    times.push(await timed(() => waitFor(isSeen)));
  }
  return times;
}

async function seenEvents(a: Candidate, b: Candidate): Promise<number[]> {
  const stream = await get(b, '/events');
  if (!stream.body) throw new Error('no stream of events');
  const reader = stream.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<void> => {
    while (!/event: tool\.changed[\s\S]*?\n\n/u.test(text)) {
      const { value, done } = await reader.read();
      if (done) throw new Error('the stream of events has ended');
      text += value;
    }
    text = text.replace(/^[\s\S]*?event: tool\.changed[\s\S]*?\n\n/u, '');
  };
  const times: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const received = timed(next);
    await (await post(a, `/tools/echo/${turn % 2 === 0 ? 'disable' : 'enable'}`)).text();
    times.push(await received);
  }
  await reader.cancel();
  return times;
}

/**
 * Of each session the first request on the other server, the second, which asks Redis nothing, and a request to a bare server on the
 * same processor: what the machine adds to all of them. The limit is on what the server itself takes, all its threads included.
 */
async function adoptions(a: Candidate, b: Candidate, bare: Candidate): Promise<string[][]> {
  const accept = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': LEGACY_VERSION };
  const list = { jsonrpc: '2.0', id: 1, method: 'resources/list' };
  const [first, second, bareTimes, processorTimes]: [number[], number[], number[], number[]] = [[], [], [], []];
  // The first of all loads the SDK.
  for (let turn = -5; turn < TURNS; turn++) {
    const opened = await post(a, '/mcp', initializeMessage, accept);
    await opened.text();
    const session = { ...accept, 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
    const answered = async (): Promise<void> => {
      const response = await post(b, '/mcp', list, session);
      if (!(await response.text()).includes('resources'))
        throw new Error(`a session was not adopted: ${response.status}`);
    };
    const before = cpuMs(b.pid);
    const firstMs = await timed(answered);
    const processorMs = cpuMs(b.pid) - before;
    const secondMs = await timed(answered);
    const bareMs = await timed(async () => (await post(bare, '/mcp', requestMessage('echo', turn))).text());
    if (turn < 0) continue;
    first.push(firstMs);
    processorTimes.push(processorMs);
    second.push(secondMs);
    bareTimes.push(bareMs);
  }
  const unlimited = (name: string, times: readonly number[]): string[] => [...rowOf(name, times).slice(0, -1), ''];
  return [
    rowOf('a session that another server opened: processor time for the first request', processorTimes, MAX_ADOPTED_MS),
    unlimited('the same: the first request', first),
    unlimited('the same: the second request, for which nobody asks Redis', second),
    unlimited('a request to a bare node:http server in between', bareTimes),
  ];
}

/** Of calls one after the other: before, the first three after Redis has stopped answering, those that follow, and after it was killed. */
async function waits(a: Candidate, redis: RedisProcess): Promise<string[][]> {
  const call = (): Promise<number> =>
    timed(async () => {
      const response = await post(a, '/tools/echo/execute', { arguments: { text: 'x' } });
      await response.text();
      if (response.status !== 200) throw new Error(`a call failed: ${response.status}`);
    });
  const calls = async (count: number): Promise<number[]> => {
    const times: number[] = [];
    for (let turn = 0; turn < count; turn++) times.push(await call());
    return times;
  };
  const isDown = async (): Promise<boolean> => (await (await get(a, '/metrics')).text()).includes('mcp_cluster_up 0');
  await calls(TURNS);
  const before = percentile(await calls(TURNS), 0.5);
  redis.command('client', 'pause', '600000');
  const first = await calls(3);
  await waitFor(isDown);
  const after = percentile(await calls(TURNS), 0.5);
  await redis.kill();
  const killed = percentile(await calls(TURNS), 0.5);
  const limit = (moreMs: number, ms: number): string => against(Number((before + moreMs).toFixed(2)), ms);
  const row = (name: string, ms: number, limit: string): string[] => [name, ms.toFixed(2), '', '', limit];
  return [
    row('a call while Redis answers', before, ''),
    [
      'one of the first three calls after Redis has stopped answering',
      percentile(first, 0.5).toFixed(2),
      '',
      Math.max(...first).toFixed(2),
      limit(MAX_WAIT_MS, Math.max(...first)),
    ],
    row('a call after these three', after, limit(NOISE_MS, after)),
    row('a call after Redis was killed', killed, limit(NOISE_MS, killed)),
  ];
}

if (canRunRedis) await measure();
else process.stdout.write('### Times of a cluster\n\nNot measured: there is no redis-server here.\n');
