import { expect, test } from 'vitest';

import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import type { RedisConnection } from './redis-connection.ts';
import { redisKeys } from './redis-keys.ts';
import { RedisPresence } from './redis-presence.ts';

function setup(): { announce: (epoch: string, count: number, afterMs?: number) => Promise<number> } {
  const clock = new ManualClock();
  let reply: unknown[] = [];
  const presence = new RedisPresence({
    commands: { presence: () => Promise.resolve(reply) } as unknown as RedisConnection,
    keys: redisKeys('t'),
    member: 'r',
    inbox: 'i',
    seal: 's',
    opens: ['s'],
    clock,
  });
  return {
    async announce(epoch, count, afterMs = 5000) {
      clock.advance(afterMs);
      reply = [epoch, clock.epochMs(), count, 0, 's'];
      await presence.announce();
      return presence.replicas;
    },
  };
}

test('a server that leaves is missing in the next count', async () => {
  const { announce } = setup();
  expect([await announce('a', 1), await announce('a', 3), await announce('a', 2)]).toEqual([1, 3, 2]);
});

test.each([
  ['has lost its data', 'b', 1000],
  ['did not answer for longer than it keeps servers', 'a', 30_000],
])(
  'the servers of before count for 15 seconds where the engine %s, as they announce themselves again',
  async (_, epoch, silentMs) => {
    const { announce } = setup();
    await announce('a', 3);
    expect(await announce(epoch, 1, silentMs)).toBe(3);
    expect([await announce(epoch, 2), await announce(epoch, 2), await announce(epoch, 2)]).toEqual([3, 3, 2]);
  },
);
