/** Jobs over REST and MCP: started on one server, followed, read and cancelled on whichever server is next. */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import type { Ask, Client } from './client.ts';
import { expectText } from './expected-text.ts';
import type { Workers } from './worker.ts';

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Execution {
  readonly executionId: string;
  readonly state: string;
}

/** What `count` prints. */
function counted(last: number): string {
  return Array.from({ length: last }, (_, index) => `${index + 1}\n`)
    .join('')
    .repeat(2);
}

/** From a few lines to more than one page of output. */
const lastOf = (round: number): number => 1 + ((round * 997) % 12_000);

/** A job may wait for its slot, and the machine may be slow. */
const DEADLINE_MS = 60_000;
const ENDED = new Set(['completed', 'failed', 'cancelled', 'lost', 'expired']);

async function get(client: Client, path: string, more: Ask = {}): Promise<string> {
  const reply = await client.ask({ ...more, method: 'GET', path });
  if (reply?.status !== 200) throw new Error(`${path}: ${reply?.status} ${reply?.text.slice(0, 300)}`);
  return reply.text;
}

async function start(client: Client, tool: string, args: object, key?: string): Promise<string> {
  const headers = { prefer: 'respond-async', ...(key !== undefined && { 'idempotency-key': key }) };
  const reply = await client.ask({ path: `/tools/${tool}/execute`, headers, body: { arguments: args } });
  if (reply?.status !== 202) throw new Error(`${tool} as a job: ${reply?.status} ${reply?.text.slice(0, 300)}`);
  return (JSON.parse(reply.text) as Execution).executionId;
}

async function endOf(client: Client, id: string): Promise<string> {
  const until = performance.now() + DEADLINE_MS;
  for (;;) {
    const { state } = JSON.parse(await get(client, `/executions/${id}`)) as Execution;
    if (ENDED.has(state)) return state;
    if (performance.now() > until) throw new Error(`the job ${id} is still ${state}`);
    await wait(50);
  }
}

function expectOutput(printed: string, last: number): void {
  if (checksum(printed) === checksum(counted(last))) return;
  throw new Error(`wrong output of a job: ${printed.length} bytes in place of ${counted(last).length}`);
}

/** The text of server-sent events up to the state at the end. */
function followed(stream: string): { readonly printed: string; readonly state: string | undefined } {
  let printed = '';
  let state: string | undefined;
  for (const line of stream.split('\n')) {
    if (!line.startsWith('data: ')) continue;
    const data = JSON.parse(line.slice(6)) as { readonly text?: string; readonly state?: string };
    printed += data.text ?? '';
    state = data.state ?? state;
  }
  return { printed, state };
}

interface ToolResult {
  readonly content: readonly { readonly text: string }[];
  readonly structuredContent?: Execution;
  readonly taskId?: string;
}

const withTasks = {
  meta: { 'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } } },
};

async function result(client: Client, ...call: Parameters<Client['call']>): Promise<ToolResult> {
  const text = (await client.call(...call)) ?? '';
  const message = text.startsWith('{') ? text : (text.split('\n').findLast((line) => line.startsWith('data: ')) ?? '');
  return (JSON.parse(message.replace(/^data: /u, '')) as { readonly result: ToolResult }).result;
}

/** By the handle that clients without tasks get. */
async function startOverMcp(client: Client, last: number): Promise<string> {
  const { structuredContent } = await result(client, 'legacy', 'count', { last });
  const executionId = structuredContent?.executionId ?? '';
  const until = performance.now() + DEADLINE_MS;
  for (;;) {
    const seen = await result(client, 'legacy', 'execution_status', { executionId, waitMs: 5000 });
    if (ENDED.has(seen.structuredContent?.state ?? '')) return executionId;
    if (performance.now() > until) throw new Error(`the job is still ${JSON.stringify(seen.structuredContent)}`);
  }
}

/** All pages of `execution_output`. */
async function pages(client: Client, executionId: string): Promise<string> {
  let printed = '';
  for (let offset: number | undefined = 0; offset !== undefined;) {
    const { content } = await result(client, 'modern', 'execution_output', { executionId, offset });
    const [{ text }, place] = content as readonly [{ text: string }, { text: string } | undefined];
    if (place === undefined) throw new Error(`execution_output has no page: ${text.slice(0, 300)}`);
    printed += text;
    const next = /next part begins at offset (?<next>\d+)/.exec(place.text)?.groups?.['next'];
    offset = next === undefined ? undefined : Number(next);
  }
  return printed;
}

export const jobWorkers: Workers = {
  'jobs over HTTP': async (client, round) => {
    const last = lastOf(round);
    const key = `soak-${process.pid}-${round}`;
    const id = await start(client, 'count', { last }, key);
    const again = await start(client, 'count', { last }, key);
    if (again !== id) throw new Error('one Idempotency-Key made two jobs');
    expectText(await endOf(client, id), 'completed');
    expectOutput(await get(client, `/executions/${id}/output`), last);
  },
  'jobs followed': async (client, round) => {
    const last = lastOf(round);
    const id = await start(client, 'count', { last });
    if (round % 3 === 0) await client.ask({ method: 'GET', path: followPath(id), abortAfterMs: 100 });
    const { printed, state } = followed(await get(client, followPath(id)));
    expectText(state, 'completed');
    expectOutput(printed, last);
  },
  'jobs over MCP': async (client, round) => {
    const last = lastOf(round);
    const executionId =
      round % 2 === 0
        ? await startOverMcp(client, last)
        : ((await result(client, 'modern', 'count', { last }, withTasks)).taskId ?? '');
    expectText(await endOf(client, executionId), 'completed');
    expectOutput(await pages(client, executionId), last);
  },
  'jobs cancelled': async (client, round) => {
    const id = await start(client, 'endless', {});
    // Sometimes it runs by then, sometimes it is still in the queue.
    await wait((round % 4) * 50);
    if (round % 2 === 0) await client.ask({ method: 'DELETE', path: `/executions/${id}` });
    else await client.call('modern', 'execution_cancel', { executionId: id });
    expectText(await endOf(client, id), 'cancelled');
  },
};

function followPath(id: string): string {
  return `/executions/${id}/output?follow=true`;
}
