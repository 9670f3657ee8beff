import { callTool, Tool } from '@mcp/tool-base';
import { describe, expect, test } from 'vitest';

import { InstancePlaces, type HeldInstance } from './instance-places.ts';
import { listed } from '../test-support/listed.ts';
import { scriptedServer } from '../test-support/scripted-server.ts';
import type { Upstream } from '../upstream.ts';
import type { Isolation } from '../upstream-options.ts';

/** How many sessions of the upstream these users have between them. */
async function sessionsOf(
  isolation: Isolation,
  users: readonly { name: string; session?: string }[],
  places?: InstancePlaces,
  maxInstances = 16,
): Promise<number> {
  let opened = 0;
  const called = new Set<unknown>();
  const server = await scriptedServer('2025', {
    initialize: (_, response) => {
      opened += 1;
      response.setHeader('mcp-session-id', `session-${opened}`);
      const serverInfo = { name: 'scripted', version: '1' };
      return { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo };
    },
    'tools/list': () => ({ tools: [{ name: 'count', inputSchema: { type: 'object' } }] }),
    'tools/call': ({ headers }) => {
      called.add(headers['mcp-session-id']);
      return { content: [] };
    },
  });
  const { upstream } = await listed(server.url, { isolation, maxInstances, ...(places && { places }) });
  const tool = new Tool(upstream.tools[0]!, {});
  for (const caller of users) expect(await callTool(tool, { arguments: {}, caller })).toMatchObject({ ok: true });
  return called.size;
}

/** On a busy machine as well. */
const IN_TIME = { timeout: 20_000 };

/** An upstream whose calls are not answered before `answer`. */
async function waiting(options: Parameters<typeof listed>[1]): Promise<{
  readonly upstream: Upstream;
  readonly callAs: (name: string, session?: string) => ReturnType<typeof callTool>;
  /** Calls that it has. */
  readonly count: () => number;
  readonly answer: () => void;
}> {
  const answered = Promise.withResolvers<object>();
  const server = await scriptedServer('2026', {
    'tools/list': () => ({ tools: [{ name: 'wait', inputSchema: { type: 'object' } }] }),
    'tools/call': () => answered.promise,
  });
  const { upstream } = await listed(server.url, options);
  return {
    upstream,
    callAs(name, session) {
      // A tool of its own: what is limited here is not the concurrency of one.
      const tool = new Tool(upstream.tools[0]!, {});
      return callTool(tool, { arguments: {}, caller: { name, ...(session && { session }) } });
    },
    count: () => server.countOf('tools/call'),
    answer: () => answered.resolve({ content: [{ type: 'text', text: 'late' }] }),
  };
}

const USERS = [
  { name: 'ann', session: 'a' },
  { name: 'ann', session: 'b' },
  { name: 'ann', session: 'a' },
  { name: 'ann' },
  { name: 'bob', session: 'a' },
];

test.each([
  ['shared', 'all share one', 1],
  ['caller', 'each caller has one', 2],
  ['auto', 'each caller has one of a server that keeps sessions', 2],
  ['session', 'each session of a caller has one, and the caller has one without', 4],
] as const)('with isolation %s, %s', async (isolation, _, sessions) => {
  expect(await sessionsOf(isolation, USERS)).toBe(sessions);
});

test('a caller with many sessions loses its own connections, not those of others', async () => {
  const sessions = ['1', '2', '3', '4', '5'].map((session) => ({ name: 'ann', session }));
  const bob = { name: 'bob', session: 'a' };
  expect(await sessionsOf('session', [bob, ...sessions, bob], undefined, 3)).toBe(6);
  expect(await sessionsOf('session', [bob, ...sessions, bob], new InstancePlaces(2))).toBe(6);
});

test('callers take turns where no place beside the first is free, and a place that is given back is used', async () => {
  const places = new InstancePlaces(1);
  const other = places.take({ caller: 'eve', users: 1, usedMs: 0 }, () => {});
  const users = [{ name: 'ann' }, { name: 'bob' }, { name: 'ann' }];
  expect(await sessionsOf('caller', users, places)).toBe(3);
  other?.[Symbol.dispose]();
  expect(await sessionsOf('caller', users, places)).toBe(2);
});

test('a caller is rejected while no place is free and all connections are in use, and each ends with its upstream', async () => {
  const places = new InstancePlaces(0);
  const { upstream, callAs, count, answer } = await waiting({ isolation: 'caller', places });
  const running = callAs('ann');
  await expect.poll(count, IN_TIME).toBe(1);
  expect((await callAs('bob')).error).toMatchObject({
    type: 'resource_exhausted',
    message: expect.stringContaining('up'),
  });
  places.limit = 1;
  const second = callAs('bob');
  answer();
  expect([await running, await second]).toMatchObject([{ ok: true }, { ok: true }]);
  const carl = { caller: 'carl', users: 1, usedMs: 0 };
  await upstream[Symbol.asyncDispose]();
  expect(places.take(carl, () => {})).toBeDefined();
});

test('one caller whose sessions all wait for answers leaves connections for another', async () => {
  const { callAs, count, answer } = await waiting({ isolation: 'session', maxInstances: 4 });
  const running = ['1', '2', '3'].map((session) => callAs('ann', session));
  await expect.poll(count, IN_TIME).toBe(3);
  expect((await callAs('ann', '4')).error).toMatchObject({
    type: 'resource_exhausted',
    message: 'This caller already uses 3 connections to the upstream up, the most one may have.',
  });
  const bob = callAs('bob', '1');
  answer();
  expect(await Promise.all([...running, bob])).toMatchObject([{ ok: true }, { ok: true }, { ok: true }, { ok: true }]);
});

test('an upstream that is retired takes no more calls and lets those that run finish', async () => {
  const { upstream, callAs, count, answer } = await waiting({});
  const running = callAs('ann');
  await expect.poll(count, IN_TIME).toBe(1);
  let hasEnded = false;
  const ended = upstream.retire().then(() => void (hasEnded = true));
  expect((await callAs('bob')).error?.type).toBe('unavailable');
  expect(hasEnded).toBe(false);
  answer();
  expect((await running).content).toEqual([{ type: 'text', text: 'late' }]);
  await ended;
  expect(count()).toBe(1);
});

describe('the programs beside the first, over all upstreams', () => {
  type Held = HeldInstance & { ended?: boolean };

  /** @returns whether there was a place */
  function take(places: InstancePlaces, held: Held): boolean {
    const place = places.take(held, () => {
      held.ended = true;
      place?.[Symbol.dispose]();
    });
    return place !== undefined;
  }
  const used = (caller: string): Held => ({ caller, users: 1, usedMs: 0 });
  const unused = (caller: string, usedMs: number): Held => ({ caller, users: 0, usedMs });

  test('three quarters are for one caller, and the rest for others', () => {
    const places = new InstancePlaces(8);
    const ann = Array.from({ length: 8 }, () => take(places, used('ann')));
    expect(ann.filter(Boolean)).toHaveLength(6);
    expect([take(places, used('bob')), take(places, used('bob')), take(places, used('bob'))]).toEqual([
      true,
      true,
      false,
    ]);
    expect(take(new InstancePlaces(1), used('ann'))).toBe(true);
    expect(take(new InstancePlaces(0), used('ann'))).toBe(false);
  });

  test('for a caller with its share one of its own ends, for another one of the caller with the most', () => {
    const places = new InstancePlaces(4);
    const [first, second, third] = [unused('ann', 1), unused('ann', 2), used('ann')];
    const bob = unused('bob', 0);
    for (const held of [first, second, third, bob]) expect(take(places, held)).toBe(true);
    expect(take(places, used('ann'))).toBe(true);
    expect(take(places, used('carl'))).toBe(true);
    expect([first, second, third, bob].map(({ ended }) => ended)).toEqual([true, true, undefined, undefined]);
  });

  test('a caller that uses its share of them in one upstream is refused in the next, and another is not', async () => {
    const places = new InstancePlaces(4);
    for (let n = 0; n < 3; n += 1) places.take({ caller: 'ann', users: 1, usedMs: 0 }, () => {});
    const { callAs, count, answer } = await waiting({ isolation: 'session', maxInstances: 8, places });
    const first = callAs('ann', '1');
    await expect.poll(count, IN_TIME).toBe(1);
    expect((await callAs('ann', '2')).error).toMatchObject({
      type: 'resource_exhausted',
      message: 'This caller already uses as many programs of upstreams as one may have.',
    });
    const bob = callAs('bob', '1');
    answer();
    expect(await Promise.all([first, bob])).toMatchObject([{ ok: true }, { ok: true }]);
  });
});
