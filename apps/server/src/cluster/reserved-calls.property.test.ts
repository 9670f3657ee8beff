import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import type { ClusterEngine } from './engine.ts';
import { MemoryEngine } from './primary/memory-engine.ts';
import { reservingOf } from './reserved-calls.ts';
import { SharedRateLimiter } from './shared/shared-rate-limiter.ts';

const limits = fc.record({
  requests: fc.integer({ min: 1, max: 100_000 }),
  windowMs: fc.integer({ min: 1, max: 60_000 }),
  burst: fc.integer({ min: 2000, max: 3000 }),
});
const key = { caller: 'ann', tool: 'ping' };

interface Cluster {
  readonly servers: readonly SharedRateLimiter[];
  readonly asked: () => number;
}

/** Servers that share the engine of a primary; `asked` counts what would be messages. */
function cluster(
  size: number,
  given: ConstructorParameters<typeof SharedRateLimiter>[0]['limits'],
  clock: ManualClock,
): Cluster {
  const primary = new MemoryEngine(clock);
  let asked = 0;
  const engine: Pick<ClusterEngine, 'state' | 'replicas' | 'take'> = {
    state: 'up',
    replicas: size,
    take: async (...args) => {
      asked += 1;
      return primary.take(...args);
    },
  };
  const servers = Array.from({ length: size }, () => new SharedRateLimiter({ engine, limits: given, clock }));
  return { servers, asked: () => asked };
}

test('servers that reserve calls grant at most burst + rate * t in any time t', async () => {
  // Of each step: which server is asked, how often at once, and how long after the step before.
  const steps = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 1500 }), fc.nat({ max: 5000 })), {
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(limits, steps, async (given, order) => {
      const clock = new ManualClock();
      const { servers } = cluster(3, given, clock);
      const granted: { atMs: number; calls: number }[] = [];
      for (const [index, tries, gapMs] of order) {
        clock.advance(gapMs);
        const decisions = await Promise.all(Array.from({ length: tries }, async () => servers[index]?.take(key)));
        granted.push({ atMs: clock.monotonicMs(), calls: decisions.filter((decision) => decision?.allowed).length });
      }
      for (const [first, from] of granted.entries()) {
        let calls = 0;
        for (const { atMs, calls: more } of granted.slice(first)) {
          calls += more;
          expect(calls).toBeLessThanOrEqual(given.burst + ((atMs - from.atMs) * given.requests) / given.windowMs);
        }
      }
    }),
    { numRuns: 20 },
  );
});

test('servers that reserve calls grant 97 hundredths of the burst and more, whoever is asked', async () => {
  await fc.assert(
    fc.asyncProperty(limits, fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 4 }), async (given, order) => {
      const { servers } = cluster(3, given, new ManualClock());
      let granted = 0;
      for (const index of order) {
        const tries = Math.ceil(given.burst / order.length) + 1;
        const decisions = await Promise.all(Array.from({ length: tries }, async () => servers[index]?.take(key)));
        granted += decisions.filter((decision) => decision?.allowed).length;
      }
      expect(granted).toBeGreaterThanOrEqual(Math.floor(given.burst * 0.97));
    }),
    { numRuns: 20 },
  );
});

test('of a high limit one message asks for many calls', async () => {
  const { servers, asked } = cluster(2, { requests: 100_000, windowMs: 1000, burst: 200_000 }, new ManualClock());
  for (let call = 0; call < 5000; call++) await servers[0]?.take(key);
  expect(asked()).toBe(5);
});

test('of a limit below a burst of 2000 every call is asked for', () => {
  for (const burst of [1, 60, 1999]) {
    const given = { requests: 100_000, windowMs: 1000, burst };
    expect(reservingOf(given, 2)).toEqual({ calls: 1, limits: given });
  }
});

test('servers that together would reserve more than a hundredth of the burst reserve nothing', () => {
  const given = { requests: 10_000, windowMs: 1000, burst: 10_000 };
  expect(reservingOf(given, 50).calls).toBe(2);
  expect(reservingOf(given, 51)).toEqual({ calls: 1, limits: given });
});

test('calls that were reserved of a limit that a reload has lowered are not granted', async () => {
  const { servers } = cluster(1, { requests: 10_000, windowMs: 60_000, burst: 10_000 }, new ManualClock());
  await servers[0]?.take(key);
  servers[0]?.configure({ requests: 1, windowMs: 60_000, burst: 1 });
  const decisions = [];
  for (let call = 0; call < 20; call++) decisions.push((await servers[0]?.take(key))?.allowed);
  expect(decisions.filter(Boolean)).toHaveLength(1);
});
