/** The dashboard with a simulated server behind it: any number of tools and calls, without the work of running them. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, resolve } from 'node:path';

const files = resolve(import.meta.dirname, '../../apps/server/dist/dashboard');
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

export interface SimulatedServer extends AsyncDisposable {
  readonly url: string;
  /** Sends an event to the page. */
  send(type: string, data: object): void;
  /** Sends `perSecond` finished calls of random tools until it is disposed. */
  startCalls(perSecond: number): Disposable;
}

export interface SimulatedTool {
  readonly name: string;
  readonly breaker?: 'closed' | 'open' | 'half_open';
  readonly available?: boolean;
}

/** Tools of which two have a breaker that is not closed, and one is not available. */
export function simulatedTools(count: number): SimulatedTool[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `check_host_${i}`,
    ...(i === 120 && { breaker: 'open' }),
    ...(i === 77 && { breaker: 'half_open' }),
    ...(i === 33 && { available: false }),
  }));
}

export async function simulatedServer(tools: readonly SimulatedTool[]): Promise<SimulatedServer> {
  const streams = new Set<ServerResponse>();
  let events = 0;
  const send = (type: string, data: object): void => {
    const frame = `id: ${++events}\nevent: ${type}\ndata: ${JSON.stringify({ at: Date.now(), ...data })}\n\n`;
    for (const stream of streams) stream.write(frame);
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('retry: 1000\nid: 0\nevent: stream.opened\ndata: {}\n\n');
      streams.add(response);
      response.once('close', () => streams.delete(response));
      return;
    }
    const answer = answers(pathname, searchParams, tools);
    if (answer !== undefined) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      return;
    }
    void sendFile(pathname, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    send,
    startCalls(perSecond) {
      const timer = setInterval(() => send('call.finished', finishedCall(tools, events)), 1000 / perSecond);
      return { [Symbol.dispose]: () => clearInterval(timer) };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answers(path: string, query: URLSearchParams, tools: readonly SimulatedTool[]): object | undefined {
  if (path === '/health') return { status: 'pass', checks: checksOf(tools) };
  if (path === '/executions' && query.has('state')) return { entries: [] };
  if (path === '/upstreams') return { upstreams: [] };
  if (path === '/apis') return { apis: [] };
  if (path === '/executions') return { entries: pastCalls(tools), complete: true };
  if (path === '/tools') return { tools: tools.map(toolAnswer) };
  if (path === '/links') return { grafana: 'https://grafana.example/d/mcp' };
  if (path === '/caller') return { name: 'ops', scopes: ['tools:read', 'tools:call', 'admin'], readOnly: false };
  if (path === '/config') return { version: 1, values: [], rejectedReload: null };
  const i = tools.findIndex(({ name }) => path === `/tools/${name}`);
  const tool = tools[i];
  return tool && { ...toolAnswer(tool, i), ...details };
}

const details = {
  kind: 'function',
  limits: { timeoutMs: 30_000, concurrency: 4 },
  annotations: {},
  outputSchema: null,
  breakerHistory: [],
};

/** Two checks for each tool, as the server has them. */
function checksOf(tools: readonly SimulatedTool[]): Record<string, object[]> {
  const names = tools.flatMap(({ name }) => [`tool_${name}:availability`, `breaker_${name}:state`]);
  return Object.fromEntries(names.map((name) => [name, [{ status: 'pass', observedValue: 'closed' }]]));
}

function toolAnswer({ name, breaker = 'closed', available = true }: SimulatedTool, i: number): object {
  const retryAfterMs = breaker === 'open' ? 42_000 : 0;
  return {
    name,
    description: `Checks host number ${i} and returns what it found, with a description as long as people write them.`,
    enabled: true,
    available: available ? { ok: true } : { ok: false, reason: `${name} is not installed` },
    running: i % 7 === 0 ? 1 : 0,
    queued: 0,
    circuitBreaker: { scope: 'tool', state: breaker, breakers: [{ name, state: breaker, retryAfterMs, forced: null }] },
    statistics: { count: 100, window: { sampleCount: 100, p50Ms: i + 1, p95Ms: i * 3 + 2, p99Ms: i * 5 + 3 } },
    excluded: false,
    permissions: { call: true, control: true },
    inputSchema: { type: 'object', properties: { target: { type: 'string' } } },
  };
}

/** The last hour: one call in 4 s. */
function pastCalls(tools: readonly SimulatedTool[]): object[] {
  return Array.from({ length: 900 }, (_, i) => ({
    id: String(i),
    at: Date.now() - i * 4000,
    ...finishedCall(tools, i),
  }));
}

function finishedCall(tools: readonly SimulatedTool[], i: number): object {
  const failed = i % 40 === 0;
  return {
    correlationId: `call-${i}`,
    tool: tools[(i * 31) % tools.length]?.name ?? '',
    caller: 'agent',
    outcome: failed ? 'execution_error' : 'success',
    durationMs: 5 + ((i * 37) % 400),
    queueMs: 0,
    outputBytes: 1200,
    decision: 'allowed',
    argumentShape: { target: 'string(9)' },
    ...(failed && { message: 'The program ended with exit code 1.', exitCode: 1 }),
  };
}

async function sendFile(path: string, response: ServerResponse): Promise<void> {
  const file = path === '/' ? 'index.html' : normalize(path.replace('/dashboard/', ''));
  try {
    const body = await readFile(join(files, file));
    response.writeHead(200, { 'content-type': contentTypes[extname(file)] ?? 'text/plain' }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}
