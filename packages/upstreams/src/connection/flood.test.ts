/** Upstreams that send without a pause, or never take what they are sent. What they cost is bounded, and nobody else waits for it. */
import type { ServerResponse } from 'node:http';

import { describe, expect, test, vi } from 'vitest';

import { InflowLimit } from './inflow-limit.ts';
import { listed } from '../test-support/listed.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { scriptedServer, type Answer } from '../test-support/scripted-server.ts';

vi.setConfig({ testTimeout: 30_000 });

const echo = { name: 'echo', inputSchema: { type: 'object' } };
const done = { content: [{ type: 'text', text: 'done' }] };
const list = (): object => ({ tools: [echo] });

/** Writes as fast as it is read, until the other side has enough. */
function flood(response: ServerResponse, text: string): void {
  while (!response.destroyed)
    if (!response.write(text)) return void response.once('drain', () => flood(response, text));
}

function streaming(text: string): Answer {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    flood(response, text);
  };
}

const MEGABYTE = 'x'.repeat(2 ** 20);

describe.each(['2025', '2026'] as const)('an upstream of the %s era', (era) => {
  test.each([
    ['lines of data between comments', `data: ${MEGABYTE}\n: a comment\n`],
    ['lines of data between waits', `data: ${MEGABYTE}\nretry: 1000\n`],
    ['comments', ': a comment\n\n'.repeat(5000)],
    ['notifications', 'data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n'.repeat(500)],
  ])('whose answer is endless %s is read up to the limit', async (_, text) => {
    const server = await scriptedServer(era, { 'tools/list': list, 'tools/call': streaming(text) });
    const { call } = await listed(server.url);
    expect(await call('up_echo')).toMatchObject({ ok: false, error: { type: 'execution_error' } });
  });

  test('whose answer comes in chunks of one byte is answered', async () => {
    const text = 'x'.repeat(30_000);
    const server = await scriptedServer(era, {
      'tools/list': list,
      'tools/call': ({ message }, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const body = JSON.stringify({ jsonrpc: '2.0', id: message.id, result: { content: [{ type: 'text', text }] } });
        for (const byte of body) response.write(byte);
        response.end();
      },
    });
    const { call } = await listed(server.url);
    expect(await call('up_echo')).toMatchObject({ ok: true, content: [{ text }] });
  });

  test('that sends requests and takes no answers gets few, and its tools are called', async () => {
    const answers: unknown[] = [];
    let ask: ((count: number) => void) | undefined;
    const server = await scriptedServer(era, {
      'tools/list': list,
      'tools/call': ({ message }, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        ask = (count) => {
          for (let n = 0; n < count; n += 1) response.write(`data: {"jsonrpc":"2.0","id":"p${n}","method":"ping"}\n\n`);
          response.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id: message.id, result: done })}\n\n`);
        };
        ask(1000);
      },
      // An answer has no method: it is never responded to.
      'HTTP POST': ({ message }) => void answers.push(message),
    });
    const { call } = await listed(server.url);
    expect(await call('up_echo')).toMatchObject({ ok: true, content: done.content });
    expect(await call('up_echo')).toMatchObject({ ok: true, content: done.content });
    // In the 2026 revision only clients send requests.
    const expected = Array.from({ length: era === '2025' ? 16 : 0 }, (_, n) => ({
      jsonrpc: '2.0',
      id: `p${n}`,
      result: {},
    }));
    await vi.waitFor(() => expect(answers).toHaveLength(expected.length));
    expect(answers).toEqual(expect.arrayContaining(expected));
  });
});

test('an upstream that never responds to notifications/initialized has failed after ten seconds, and is tried again', async () => {
  const clock = new ManualClock();
  let responds = false;
  const server = await scriptedServer('2025', {
    'tools/list': list,
    'notifications/initialized': (_, response) => (responds ? void response.writeHead(202).end() : undefined),
  });
  const opening = listed(server.url, { clock });
  await vi.waitFor(async () => {
    await clock.advanceAsync(1);
    expect(server.countOf('notifications/initialized')).toBe(1);
  });
  await clock.advanceAsync(10_000);
  const { upstream } = await opening;
  expect(upstream.report()).toMatchObject({
    state: 'failed',
    problem: 'The upstream did not respond to a notification in time.',
  });
  responds = true;
  await upstream.readTools();
  expect(upstream.tools).toHaveLength(1);
});

test('a limit of inflow is about ten seconds at a time', () => {
  const clock = new ManualClock();
  const limit = new InflowLimit(clock);
  const add = (pieces: number): void => {
    for (let n = 0; n < pieces; n += 1) limit.add(0);
  };
  add(50_000);
  clock.advance(10_000);
  add(50_000);
  expect(() => add(2)).toThrow('more than 50000 messages');
  const bytes = new InflowLimit(clock);
  for (let n = 0; n < 200; n += 1) bytes.add(2 ** 20);
  expect(() => bytes.add(2 ** 30)).toThrow('781.25 MiB');
});
