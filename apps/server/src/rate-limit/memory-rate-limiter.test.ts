import { describe, expect, test } from 'vitest';
import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { MemoryRateLimiter, type MemoryRateLimiterOptions } from './memory-rate-limiter.ts';
import type { RateLimitDecision } from './rate-limiter.ts';

interface Setup {
  limiter: MemoryRateLimiter;
  take: (caller?: string, tool?: string) => RateLimitDecision;
  advance: (ms: number) => void;
}

function setup(options: Partial<MemoryRateLimiterOptions> = {}): Setup {
  const clock = new ManualClock();
  clock.advance(1000);
  const limiter = new MemoryRateLimiter({ requests: 60, windowMs: 60_000, burst: 2, ...options, clock });
  return {
    limiter,
    take: (caller = 'ci', tool = 'ping') => limiter.take({ caller, tool }),
    advance: (ms) => clock.advance(ms),
  };
}

test('allows the burst at once, then the rate', () => {
  const { take, advance } = setup();
  expect([take(), take()]).toEqual([
    { allowed: true, remaining: 1 },
    { allowed: true, remaining: 0 },
  ]);
  expect(take()).toEqual({ allowed: false, retryAfterMs: 1000 });
  advance(1000);
  expect(take()).toEqual({ allowed: true, remaining: 0 });
});

test('retryAfterMs is exact at any moment', () => {
  const { take, advance } = setup({ requests: 7, windowMs: 1000, burst: 1 });
  take();
  expect(take()).toEqual({ allowed: false, retryAfterMs: 143 });
  advance(142);
  expect(take()).toEqual({ allowed: false, retryAfterMs: 1 });
  advance(1);
  expect(take()).toMatchObject({ allowed: true });
});

test('each caller and tool has its own bucket', () => {
  const { take } = setup({ burst: 1 });
  take('ci', 'ping');
  expect(take('ci', 'ping').allowed).toBe(false);
  expect(take('ci', 'dig').allowed).toBe(true);
  expect(take('ops', 'ping').allowed).toBe(true);
});

test('names that concatenate to the same text have separate buckets', () => {
  const { take } = setup({ burst: 1 });
  take('a', '","b');
  expect(take('a","', 'b').allowed).toBe(true);
});

test('a rejected call consumes nothing', () => {
  const { take, advance } = setup({ burst: 1 });
  take();
  for (let i = 0; i < 50; i++) take();
  advance(1000);
  expect(take().allowed).toBe(true);
});

test('burst defaults to requests', () => {
  const { limiter } = setup({ requests: 3, windowMs: 1000 });
  const plain = new MemoryRateLimiter({ requests: 3, windowMs: 1000, clock: new ManualClock() });
  expect(plain.take({ caller: 'a', tool: 'b' })).toEqual({ allowed: true, remaining: 2 });
  expect(limiter.take({ caller: 'a', tool: 'b' })).toEqual({ allowed: true, remaining: 1 });
});

test('a clock that steps back allows nothing', () => {
  const { take, advance } = setup({ burst: 1 });
  take();
  advance(-500);
  expect(take()).toEqual({ allowed: false, retryAfterMs: 1000 });
  advance(500);
  expect(take()).toEqual({ allowed: false, retryAfterMs: 1000 });
});

describe('bounded keys', () => {
  test('there are never more than maxKeys', () => {
    const { limiter, take } = setup({ maxKeys: 3 });
    for (let i = 0; i < 100; i++) take(`caller-${i}`);
    expect(limiter.size).toBe(3);
  });

  test('the least recently used key is evicted', () => {
    const { take } = setup({ maxKeys: 2, burst: 1 });
    take('a');
    take('b');
    take('a');
    take('c');
    expect(take('a').allowed).toBe(false);
  });

  test('changing names gives no additional calls', () => {
    const { take } = setup({ maxKeys: 2, burst: 1 });
    const granted = Array.from({ length: 50 }, (_, i) => take(`name-${i}`)).filter((decision) => decision.allowed);
    expect(granted).toHaveLength(2);
  });
});

describe('a reload', () => {
  test('keeps the calls each bucket had left and uses the new rate', () => {
    const { limiter, take, advance } = setup({ burst: 5 });
    take();
    take();
    limiter.configure({ requests: 10, windowMs: 1000, burst: 4 });
    expect(take()).toEqual({ allowed: true, remaining: 2 });
    take();
    take();
    expect(take()).toEqual({ allowed: false, retryAfterMs: 100 });
    advance(100);
    expect(take().allowed).toBe(true);
  });

  test('with an invalid limit changes nothing', () => {
    const { limiter, take } = setup();
    expect(() => limiter.configure({ requests: 0, windowMs: 1000 })).toThrow(RangeError);
    expect(take()).toEqual({ allowed: true, remaining: 1 });
  });
});

test.each<[Partial<MemoryRateLimiterOptions>, RegExp]>([
  [{ requests: 0 }, /rateLimit\.requests must be an integer from 1 to 1000000, got 0/],
  [{ requests: 1.5 }, /requests/],
  [{ windowMs: 0 }, /windowMs/],
  [{ windowMs: Number.POSITIVE_INFINITY }, /windowMs/],
  [{ burst: Number.NaN }, /burst/],
  [{ maxKeys: 0 }, /maxKeys/],
])('rejects the options %j', (options, message) => {
  expect(() => setup(options)).toThrow(message);
});
