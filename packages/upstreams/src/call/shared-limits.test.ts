/** What all tools of one upstream have together: its concurrency, its queue, its breaker; and what no caller shares with another. */
import type { ServerResponse } from 'node:http';
import { callTool, TargetPolicy, Tool, type ToolResult } from '@mcp/tool-base';
import { describe, expect, test, vi } from 'vitest';

import { listed } from '../test-support/listed.ts';
import { scriptedServer } from '../test-support/scripted-server.ts';
import type { Upstream } from '../upstream.ts';

const tool = (name: string, more: object = {}): object => ({ name, inputSchema: { type: 'object' }, ...more });
const done = { content: [{ type: 'text', text: 'done' }] };

/** Calls that the test answers one by one. */
interface Held {
  readonly response: ServerResponse;
  readonly id: unknown;
}

function answer({ response, id }: Held): void {
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', id, result: done }));
}

function caller(upstream: Upstream): (name: string, args?: object, signal?: AbortSignal) => Promise<ToolResult> {
  const tools = new Map(
    upstream.tools.map((definition) => [
      definition.name,
      new Tool(definition, { policy: new TargetPolicy({ allowed: [] }) }),
    ]),
  );
  return (name, args = {}, signal) => callTool(tools.get(name), { arguments: args, caller: { name: 'ana' }, signal });
}

describe.each(['2025', '2026'] as const)('an upstream of the %s era', (era) => {
  test('gets no more calls at a time than its concurrency, over all its tools, and the others wait for it', async () => {
    const held: Held[] = [];
    let most = 0;
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: [tool('one'), tool('two')] }),
      'tools/call': ({ message: { id } }, response) => {
        held.push({ response, id });
        most = Math.max(most, held.length);
      },
    });
    const { upstream } = await listed(server.url, {
      concurrency: 2,
      tools: { overrides: { one: { concurrency: 10 }, two: { concurrency: 10 } } },
    });
    const call = caller(upstream);
    const calls = Array.from({ length: 8 }, (_, n) => call(n % 2 === 0 ? 'up_one' : 'up_two'));
    for (let answered = 0; answered < 8; answered += 1) {
      await vi.waitFor(() => expect(held.length).toBe(Math.min(2, 8 - answered)));
      answer(held.shift()!);
    }
    expect((await Promise.all(calls)).every(({ ok }) => ok)).toBe(true);
    expect(most).toBe(2);
  });

  test('is notified of a call that its caller cancels, by the id that it was sent with', async () => {
    const ids: unknown[] = [];
    const left = Promise.withResolvers<void>();
    const cancelled = Promise.withResolvers<unknown>();
    const arrived = Promise.withResolvers<void>();
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: [tool('wait')] }),
      'tools/call': ({ message: { id } }, response) => {
        ids.push(id);
        response.on('close', left.resolve);
        arrived.resolve();
      },
      'notifications/cancelled': ({ message: { params } }, response) => {
        cancelled.resolve(params?.['requestId']);
        response.writeHead(202).end();
      },
    });
    const { upstream } = await listed(server.url);
    const cancel = new AbortController();
    const call = caller(upstream)('up_wait', {}, cancel.signal);
    await arrived.promise;
    cancel.abort();
    expect((await call).error?.type).toBe('cancelled');
    // In the 2026 revision the end of the request says it.
    await left.promise;
    const notified = era === '2025' ? [await cancelled.promise] : [];
    expect(notified).toEqual(era === '2025' ? ids : []);
    expect(server.countOf('notifications/cancelled')).toBe(notified.length);
  });

  test('decides itself about a pattern that would take for ever', async () => {
    const inputSchema = { type: 'object', properties: { text: { type: 'string', pattern: '^(a+)+$' } } };
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: [tool('match', { inputSchema })] }),
      'tools/call': () => done,
    });
    const { upstream } = await listed(server.url);
    const text = `${'a'.repeat(50_000)}!`;
    expect(await caller(upstream)('up_match', { text })).toMatchObject({ ok: true });
    expect(server.received.at(-1)?.message.params?.['arguments']).toEqual({ text });
    expect(upstream.tools[0]?.inputJsonSchema).toEqual(inputSchema);
  });

  test('with five hundred tools more is one change', async () => {
    let count = 1;
    const server = await scriptedServer(era, {
      'tools/list': () => ({ tools: Array.from({ length: count }, (_, n) => tool(`t${n}`)) }),
    });
    const { upstream, changes } = await listed(server.url);
    const before = changes.length;
    count = 501;
    await upstream.readTools();
    expect(upstream.tools).toHaveLength(501);
    expect(changes.slice(before)).toMatchObject([{ type: 'tools', offered: 501 }]);
    await upstream.readTools();
    expect(changes).toHaveLength(before + 1);
  });
});

test('a full queue of an upstream is resource_exhausted, and what waits in it is answered', async () => {
  const held: Held[] = [];
  let isOpen = false;
  const server = await scriptedServer('2026', {
    'tools/list': () => ({ tools: [tool('one'), tool('two')] }),
    'tools/call': ({ message: { id } }, response) => {
      if (isOpen) return done;
      return void held.push({ response, id });
    },
  });
  const { upstream } = await listed(server.url, {
    concurrency: 1,
    tools: { overrides: { one: { concurrency: 100 }, two: { concurrency: 100 } } },
  });
  const call = caller(upstream);
  const calls = Array.from({ length: 101 }, (_, n) => call(n % 2 === 0 ? 'up_one' : 'up_two'));
  await vi.waitFor(() => expect(upstream.report()).toMatchObject({ running: 1, queued: 100 }));
  await vi.waitFor(() => expect(held).toHaveLength(1));
  const { error } = await call('up_two');
  expect(error).toMatchObject({ type: 'resource_exhausted', retryAfterMs: expect.any(Number) });
  isOpen = true;
  answer(held[0]!);
  expect((await Promise.all(calls)).filter(({ ok }) => ok)).toHaveLength(101);
});
