/** 100 MiB of output: the same bytes through every interface, and nothing of them stays in memory. */
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { canRunPostgres, PostgresServer } from './harness/postgres-server.ts';
import { clientKinds, httpOptions } from './harness/clients.ts';
import { heapOf, reportsHeap } from './harness/server-heap.ts';
import { apiKey, scratch, startHttpServer, type HttpServerProcess, type Scratch } from './harness/server-process.ts';
import { postWithTasks } from './harness/tasks-client.ts';

const BYTES = 100 * 2 ** 20;
/** After a garbage collection. */
const MAX_GROWTH = 32 * 2 ** 20;
/** At any time, with what the next collection frees. V8 collects such memory when there are 64 MiB of it. */
const MAX_PEAK_GROWTH = 64 * 2 ** 20;
const SAMPLE_MS = 50;
const isLinux = process.platform === 'linux';
/** V8 gives its young generation more memory the longer it works, whatever it is for; a size of its own says nothing about output. */
const youngGeneration = '--max-semi-space-size=16';

const headers = { authorization: `Bearer ${apiKey}` };
let server: HttpServerProcess;

async function checksumOfProgram(): Promise<string> {
  const child = spawn('sh', ['-c', `seq 1 100000000 | head -c ${BYTES}`], { stdio: ['ignore', 'pipe', 'ignore'] });
  const hash = createHash('sha256');
  for await (const chunk of child.stdout) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Bytes of memory of the server now, without its program, whose pages the kernel drops and reads again as it likes. */
function resident(): number {
  const status = readFileSync(`/proc/${server.process.pid}/status`, 'utf8');
  return Number(/RssAnon:\s+(?<kib>\d+) kB/.exec(status)?.groups?.['kib']) * 1024;
}

/** The most that the server holds while something is done, in bytes. */
async function peakDuring(work: () => Promise<unknown>): Promise<number> {
  let peak = resident();
  const timer = setInterval(() => (peak = Math.max(peak, resident())), SAMPLE_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return peak;
}

async function send(method: string, params: object): Promise<Readonly<Record<string, unknown>>> {
  return (await postWithTasks(server.url, method, params)).result!;
}

async function run(bytes: number): Promise<string> {
  const { taskId } = await send('tools/call', { name: 'print', arguments: { bytes } });
  await vi.waitFor(async () => expect((await send('tasks/get', { taskId }))['status']).toBe('completed'), {
    timeout: 180_000,
    interval: 500,
  });
  return String(taskId);
}

/** The checksum of what each interface reads. */
const interfaces: Readonly<Record<string, (execution: string) => Promise<string>>> = {
  async 'REST, whole'(execution) {
    const hash = createHash('sha256');
    const response = await fetch(`${server.url}/executions/${execution}/output`, { headers });
    for await (const chunk of response.body!) hash.update(chunk);
    return hash.digest('hex');
  },
  async 'REST, Range'(execution) {
    const hash = createHash('sha256');
    for (let [offset, total] = [0, 1]; offset < total;) {
      const range = `bytes=${offset}-${offset + 4 * 2 ** 20 - 1}`;
      const response = await fetch(`${server.url}/executions/${execution}/output`, { headers: { ...headers, range } });
      const bytes = await response.bytes();
      hash.update(bytes);
      offset += bytes.length;
      total = Number(response.headers.get('content-range')?.split('/')[1]);
    }
    return hash.digest('hex');
  },
  async 'REST, follow'(execution) {
    const hash = createHash('sha256');
    const response = await fetch(`${server.url}/executions/${execution}/output?follow=true`, { headers });
    let rest = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const frames = (rest + chunk).split('\n\n');
      rest = frames.pop() ?? '';
      for (const frame of frames) {
        const [, data = '{}'] = /^event: output\ndata: (.*)$/m.exec(frame) ?? [];
        hash.update((JSON.parse(data) as { text?: string }).text ?? '');
      }
    }
    return hash.digest('hex');
  },
  /** A task has links; what they name is read in pages. */
  async tasks(execution) {
    const hash = createHash('sha256');
    const task = await send('tasks/get', { taskId: execution });
    expect(JSON.stringify(task).length).toBeLessThan(65_536);
    const { content } = task['result'] as { content: { type: string; uri?: string }[] };
    const uri = content.find(({ type }) => type === 'resource_link')?.uri;
    for (let offset: number | undefined = 0; offset !== undefined;) {
      const { contents } = (await send('resources/read', { uri: `${uri}?offset=${offset}&limit=262144` })) as {
        contents: { text: string; _meta: { 'mcp-server/page': { next?: number } } }[];
      };
      hash.update(contents[0]!.text);
      offset = contents[0]!._meta['mcp-server/page'].next;
    }
    return hash.digest('hex');
  },
  /** The same pages in a session of the 2025 era. */
  async 'a resource'(execution) {
    const hash = createHash('sha256');
    const client = new Client({ name: 'e2e', version: '1.0.0' }, { versionNegotiation: { mode: 'legacy' } });
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', server.url), httpOptions));
    for (let offset: number | undefined = 0; offset !== undefined;) {
      const { contents } = await client.readResource({
        uri: `mcp://executions/${execution}/stdout?offset=${offset}&limit=262144`,
      });
      const [page] = contents as unknown as { text: string; _meta: { 'mcp-server/page': { next?: number } } }[];
      hash.update(page!.text);
      offset = page!._meta['mcp-server/page'].next;
    }
    await client.close();
    return hash.digest('hex');
  },
  async execution_output(execution) {
    const hash = createHash('sha256');
    await using client = await clientKinds[0]!.connect({ transport: 'http', url: server.url });
    for (let offset: number | undefined = 0; offset !== undefined;) {
      const page = { executionId: execution, offset, limit: 65_536 };
      const { text } = await client.call('execution_output', page);
      const at = text.lastIndexOf('\n[bytes ');
      hash.update(text.slice(0, at));
      const next = /next part begins at offset (?<next>\d+)/.exec(text.slice(at))?.groups?.['next'];
      offset = next === undefined ? undefined : Number(next);
    }
    return hash.digest('hex');
  },
};

describe.skipIf(!isLinux).each([
  ['files', undefined],
  ['PostgreSQL', new PostgresServer()],
] as const)(`100 MiB in %s${isLinux ? '' : ' (SKIPPED: memory is read from /proc)'}`, (_, postgres) => {
  const isThere = postgres === undefined || canRunPostgres;
  const skipped = isThere ? '' : ' (SKIPPED: PostgreSQL is not installed)';
  let place: Scratch;
  let id: string;
  let checksum: string;
  /** Bytes, once every interface was used with a smaller job. */
  let residentBefore: number;
  let heapBefore: number;
  let peakOfRun: number;

  beforeAll(async () => {
    if (!isThere) return;
    await postgres?.start();
    place = scratch();
    const script = `seq 1 100000000 | head -c "$1"\n`;
    server = await startHttpServer({
      configuration: `
security: { rateLimit: { requests: 100000, window: 60 } }
jobs: { directory: ${place.folder}/jobs, taskAfter: 0 }
tools:
  print:
    description: Prints numbers
    command: sh
    allowInterpreter: true
    args: [${place.write('print.sh', script)}, '{bytes}']
    parameters: { bytes: { type: integer, min: 1, max: 200000000 } }
    job: { mode: auto, maxOutput: 200000000 }
`,
      env: {
        NODE_OPTIONS: `${youngGeneration} ${reportsHeap['NODE_OPTIONS']}`,
        ...(postgres && { MCP_DATABASE_URL: postgres.url }),
      },
    });
    checksum = await checksumOfProgram();
    const smaller = await run(16 * 2 ** 20);
    for (const read of Object.values(interfaces)) await read(smaller);
    heapBefore = await heapOf(server);
    residentBefore = resident();
    peakOfRun = await peakDuring(async () => void (id = await run(BYTES)));
  });
  afterAll(async () => {
    if (!isThere) return;
    await server?.stop();
    await postgres?.[Symbol.asyncDispose]();
    place[Symbol.dispose]();
  });

  test.runIf(isThere)(`are printed without being in memory${skipped}`, async () => {
    await heapOf(server);
    expect(resident() - residentBefore).toBeLessThan(MAX_GROWTH);
    expect(peakOfRun - residentBefore).toBeLessThan(MAX_PEAK_GROWTH);
  });

  test.runIf(isThere).each(Object.keys(interfaces))(
    `are read with their checksum and bounded memory: %s${skipped}`,
    async (name) => {
      const peak = await peakDuring(async () => expect(await interfaces[name]?.(id)).toBe(checksum));
      await heapOf(server);
      expect(resident() - residentBefore).toBeLessThan(MAX_GROWTH);
      expect(peak - residentBefore).toBeLessThan(MAX_PEAK_GROWTH);
    },
  );

  test.runIf(isThere)(`leave nothing in the heap of the server${skipped}`, async () => {
    expect((await heapOf(server)) - heapBefore).toBeLessThan(8 * 2 ** 20);
  });
});
