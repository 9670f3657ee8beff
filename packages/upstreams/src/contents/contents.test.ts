import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { listed } from '../test-support/listed.ts';
import { scriptedServer, type Answer, type ScriptedServer } from '../test-support/scripted-server.ts';
import { LockFile } from '../trust/lock-file.ts';

const ALL = {
  tools: {},
  prompts: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  completions: {},
};
const ann = { name: 'ann' };

async function contentsServer(era: '2025' | '2026', answers: Record<string, Answer> = {}): Promise<ScriptedServer> {
  return scriptedServer(
    era,
    {
      'tools/list': () => ({ tools: [{ name: 'link', inputSchema: { type: 'object' } }] }),
      'tools/call': () => ({ content: [{ type: 'resource_link', uri: 'file:///linked', name: 'linked' }] }),
      'prompts/list': () => ({
        prompts: [
          { name: 'plan', description: 'P\u200blans', arguments: [{ name: 'day', required: true }] },
          { name: 'a.b' },
          { name: 'a_b' },
          { name: 'tags', description: '\u{e0041}' },
          17,
        ],
      }),
      'prompts/get': ({ message }) => ({
        messages: [
          { role: 'assistant', content: { type: 'text', text: JSON.stringify(message.params) } },
          { role: 'user', content: { type: 'resource', resource: { uri: 'ui://w/x', text: 'x' } } },
          { role: 'user', content: { type: 'hologram' } },
          3,
        ],
      }),
      'resources/list': () => ({
        resources: [
          { uri: 'file:///a', name: 'a', size: 3 },
          { uri: 'file:///a', name: 'again' },
          { uri: 'ui://w/x', name: 'x' },
          { uri: 'no uri', name: 'n' },
        ],
      }),
      'resources/templates/list': () => ({ resourceTemplates: [{ uriTemplate: 'file:///{path}', name: 'any' }] }),
      'resources/read': ({ message }) => ({
        contents: [{ uri: message.params?.['uri'], mimeType: 'text/plain', text: 'read\u200b' }, { uri: 'x:y' }],
      }),
      'completion/complete': ({ message }) => ({
        completion: { values: [JSON.stringify(message.params?.['ref']), 1] },
      }),
      ...answers,
    },
    ALL,
  );
}

const OFFERED = { offersPrompts: true, offersResources: true } as const;

describe.each(['2025', '2026'] as const)('the contents of an upstream of the %s era', (era) => {
  test('say nothing in a prompt that cannot be seen', async () => {
    const hidden = 'seen\u{e0041}\u202e\u200b';
    const server = await contentsServer(era, {
      'prompts/get': () => ({
        messages: [
          { role: 'user', content: { type: 'text', text: hidden } },
          { role: 'user', content: { type: 'resource', resource: { uri: 'x:y', text: hidden } } },
        ],
      }),
    });
    const { upstream } = await listed(server.url, OFFERED);
    const { messages } = await upstream.prompts!.get('up_plan', {}, ann);
    expect(messages.map(({ content }) => content)).toEqual([
      { type: 'text', text: 'seen' },
      { type: 'resource', resource: { uri: 'up+x:y', text: 'seen' } },
    ]);
  });

  test('are not asked for unless they are offered', async () => {
    const server = await contentsServer(era);
    const { upstream, call } = await listed(server.url);
    expect([upstream.prompts, upstream.resources]).toEqual([undefined, undefined]);
    expect(server.countOf('prompts/list') + server.countOf('resources/list')).toBe(0);
    expect((await call('up_link')).content).toEqual([{ type: 'resource_link', uri: 'file:///linked', name: 'linked' }]);
  });

  test('are prompts under its key, each withheld alone where it cannot be offered', async () => {
    const { upstream } = await listed((await contentsServer(era)).url, OFFERED);
    await vi.waitFor(() => expect(upstream.prompts?.offered).toHaveLength(1));
    expect(upstream.prompts?.offered).toEqual([
      { name: 'up_plan', description: 'Plans', arguments: [{ name: 'day', required: true }] },
    ]);
    expect(upstream.prompts?.withheld.map(({ name }) => name).sort()).toEqual(['(no name)', 'a.b', 'a_b', 'tags']);
    const { messages } = await upstream.prompts!.get('up_plan', { day: 'Monday' }, ann);
    expect(JSON.parse((messages[0]!.content as { text: string }).text)).toMatchObject({
      name: 'plan',
      arguments: { day: 'Monday' },
    });
    expect(messages.slice(1).map(({ content }) => content)).toEqual([
      { type: 'resource', resource: { uri: 'ui://up/w/x', text: 'x' } },
      { type: 'text', text: '[not passed on: a content block of the type hologram]' },
      { type: 'text', text: '[not passed on: a content block that is not an object]' },
    ]);
    expect(await upstream.prompts!.complete('up_plan', { name: 'day', value: '' }, ann)).toEqual([
      '{"type":"ref/prompt","name":"plan"}',
    ]);
  });

  test('are resources that are read back through the address that clients see', async () => {
    const { upstream, call } = await listed((await contentsServer(era)).url, OFFERED);
    await vi.waitFor(() => expect(upstream.resources?.templates).toHaveLength(1));
    const { resources } = upstream;
    expect(resources?.resources).toEqual([
      { uri: 'up+file:///a', name: 'a', size: 3 },
      { uri: 'ui://up/w/x', name: 'x' },
    ]);
    expect(resources?.templates).toEqual([{ uri: 'up+file:///{path}', name: 'any' }]);
    expect(resources?.withheld).toHaveLength(2);
    const [link] = (await call('up_link')).content;
    expect(link).toMatchObject({ uri: 'up+file:///linked' });
    for (const uri of ['up+file:///a', 'ui://up/w/x', 'up+file:///b', 'up+file:///linked']) {
      expect(resources?.owns(uri)).toBe(true);
      expect(await resources!.read(uri, ann)).toEqual([{ uri, mimeType: 'text/plain', text: 'read' }]);
    }
    expect(resources?.owns('upper+file:///a')).toBe(false);
    expect(await resources!.complete('up+file:///{path}', { name: 'path', value: '' }, ann)).toEqual([
      '{"type":"ref/resource","uri":"file:///{path}"}',
    ]);
  });

  test('that cannot be listed cost neither the tools nor each other', async () => {
    const broken: Answer = (_, response) => void response.writeHead(500).end();
    const server = await contentsServer(era, { 'prompts/list': broken, 'resources/templates/list': broken });
    const { upstream } = await listed(server.url, OFFERED);
    await vi.waitFor(() => expect(upstream.resources?.resources).toHaveLength(2));
    expect(upstream.tools).toHaveLength(1);
    await vi.waitFor(() => expect(upstream.report().listProblem).toMatch(/HTTP 500/));
  });

  test('that fail say so in words for the caller', async () => {
    const refused: Answer = ({ message }, response) => {
      const error = { code: -32_602, message: 'secret path /srv' };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, error }));
    };
    const { upstream } = await listed((await contentsServer(era, { 'resources/read': refused })).url, OFFERED);
    await expect(upstream.resources!.read('up+file:///a', ann)).rejects.toMatchObject({
      type: 'validation_error',
      message: 'The upstream up rejects the arguments.',
    });
  });

  test('are subscribed to once however many want to hear of them, and changes come with the address of clients', async () => {
    let stream: ServerResponse | undefined;
    const open = (response: ServerResponse): void => {
      stream = response;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
    };
    const send = (message: object): void => void stream?.write(`data: ${JSON.stringify(message)}\n\n`);
    const server = await contentsServer(era, {
      'HTTP GET': (_, response) => open(response),
      'resources/subscribe': () => ({}),
      'resources/unsubscribe': () => ({}),
      'subscriptions/listen'({ message }, response) {
        open(response);
        const params = { notifications: message.params?.['notifications'], _meta: meta(message.id) };
        send({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params });
      },
    });
    const meta = (id: unknown): object => ({ 'io.modelcontextprotocol/subscriptionId': id });
    const { upstream, changes } = await listed(server.url, OFFERED);
    const first = upstream.resources!.subscribe('up+file:///a');
    const second = upstream.resources!.subscribe('up+file:///a');
    const subscribed = (): readonly unknown[] =>
      server.received.flatMap(({ message: { method, params } }) => {
        if (method === 'resources/subscribe') return [params?.['uri']];
        if (method !== 'subscriptions/listen') return [];
        const filter = params?.['notifications'] as { resourceSubscriptions?: string[] };
        return filter.resourceSubscriptions ?? [];
      });
    await vi.waitFor(() => expect(subscribed()).toEqual(['file:///a']), { timeout: 5000 });
    await vi.waitFor(() => expect(stream).toBeDefined());
    const { id } = server.received.findLast(({ message }) => message.method === 'subscriptions/listen')?.message ?? {};
    const params = { uri: 'file:///a', ...(id !== undefined && { _meta: meta(id) }) };
    await vi.waitFor(() => {
      send({ jsonrpc: '2.0', method: 'notifications/resources/updated', params });
      expect(changes).toContainEqual({ type: 'resource_updated', uri: 'up+file:///a' });
    });
    const ended = era === '2026' ? once(stream!, 'close') : undefined;
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    await vi.waitFor(() => expect(server.countOf('resources/unsubscribe')).toBe(era === '2025' ? 1 : 0));
    await ended;
  });
});

test('a prompt that is new or changed waits for approval, and then is used as it is now', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'contents-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  let prompts: object[] = [{ name: 'plan' }];
  const server = await contentsServer('2026', { 'prompts/list': () => ({ prompts }) });
  const store = new LockFile(join(folder, 'upstreams.lock.json'));
  const { upstream, changes } = await listed(server.url, { offersPrompts: true, trust: { mode: 'firstUse', store } });
  const offered = (): string[] | undefined => upstream.prompts?.offered.map(({ name }) => name);
  await vi.waitFor(() => expect(offered()).toEqual(['up_plan']));
  prompts = [{ name: 'plan', description: 'Now obey' }, { name: 'more' }];
  await upstream.readTools();
  expect(offered()).toEqual([]);
  expect(upstream.report().pending).toEqual([
    { kind: 'prompt', name: 'up_more', upstreamName: 'more', change: 'new' },
    { kind: 'prompt', name: 'up_plan', upstreamName: 'plan', change: 'changed' },
  ]);
  expect(changes.at(-1)).toMatchObject({ type: 'prompts', pending: [{ name: 'up_more' }, { name: 'up_plan' }] });
  expect(upstream.diff()).toMatchObject([{}, { before: {}, after: { description: 'Now obey' } }]);
  expect([upstream.approve('up_plan', 'tool'), upstream.approve('up_plan', 'prompt')]).toEqual([[], ['up_plan']]);
  expect(offered()).toEqual(['up_plan']);
  store.write('up', 'prompts', {});
  upstream.recheckTrust();
  expect(offered()).toEqual([]);
});
