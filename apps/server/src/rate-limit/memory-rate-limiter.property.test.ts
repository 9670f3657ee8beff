import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { MemoryRateLimiter } from './memory-rate-limiter.ts';

const limits = fc.record({
  requests: fc.integer({ min: 1, max: 50 }),
  windowMs: fc.integer({ min: 1, max: 5000 }),
  burst: fc.integer({ min: 1, max: 20 }),
});
const waits = fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 150 });

test('never allows more than burst + rate * t in any time t', () => {
  fc.assert(
    fc.property(limits, waits, ({ requests, windowMs, burst }, gaps) => {
      const clock = new ManualClock();
      const limiter = new MemoryRateLimiter({ requests, windowMs, burst, clock });
      const granted: number[] = [];
      for (const gap of gaps) {
        clock.advance(gap);
        if (limiter.take({ caller: 'a', tool: 'b' }).allowed) granted.push(clock.monotonicMs());
      }
      for (const [first, from] of granted.entries()) {
        for (const [last, to] of granted.entries()) {
          if (last < first) continue;
          expect(last - first + 1).toBeLessThanOrEqual(burst + ((to - from) * requests) / windowMs);
        }
      }
    }),
  );
});

test('the next call is allowed after exactly retryAfterMs, and not a millisecond earlier', () => {
  fc.assert(
    fc.property(limits, waits, ({ requests, windowMs, burst }, gaps) => {
      const clock = new ManualClock();
      const limiter = new MemoryRateLimiter({ requests, windowMs, burst, clock });
      const take = (): ReturnType<MemoryRateLimiter['take']> => limiter.take({ caller: 'a', tool: 'b' });
      for (const gap of gaps) {
        clock.advance(gap);
        const decision = take();
        if (decision.allowed) continue;
        clock.advance(decision.retryAfterMs - 1);
        expect(take()).toEqual({ allowed: false, retryAfterMs: 1 });
        clock.advance(1);
        expect(take().allowed).toBe(true);
      }
    }),
  );
});
