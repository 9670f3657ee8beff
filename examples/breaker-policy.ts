/**
 * A breaker policy of your own: judge by the rate of failures and of slow calls in the last minute, take an HTTP 503 for a
 * failure although nothing was thrown, take a 404 for an answer, and rest longer each time. Time is injected, so nobody waits.
 */
import assert from 'node:assert/strict';

import { CircuitBreaker, CircuitOpenError } from '@mcp/circuit-breaker';

let now = 0;
const clock = { monotonicMs: () => now, epochMs: () => now };

interface Answer {
  readonly status: number;
}

const breaker = new CircuitBreaker({
  name: 'inventory',
  slidingWindow: {
    type: 'time',
    durationMs: 60_000,
    minimumCalls: 4,
    failureRateThreshold: 0.5,
    slowCallDurationMs: 2_000,
    slowCallRateThreshold: 0.75,
  },
  isFailureResult: (result) => (result as Answer).status >= 500,
  ignore: (error) => error instanceof Error && error.name === 'QuotaError',
  recoveryTimeoutMs: 10_000,
  recoveryMultiplier: 2,
  jitter: 0,
  clock,
});

const answering =
  (status: number, tookMs = 10) =>
  async (): Promise<Answer> => {
    now += tookMs;
    return { status };
  };

// Two answers, one of them "not found", and two failures: half of four calls failed.
for (const status of [200, 404, 503, 503]) await breaker.execute(answering(status));
assert.equal(breaker.state, 'open');
await assert.rejects(breaker.execute(answering(200)), CircuitOpenError);

// The probe fails as well: the next rest is twice as long.
now += 10_000;
await breaker.execute(answering(503));
assert.equal(breaker.state, 'open');
assert.equal(breaker.retryAfterMs, 20_000);

// It recovers; old failures are forgotten.
now += 20_000;
await breaker.execute(answering(200));
assert.equal(breaker.state, 'closed');

// Slow answers count too, though every one of them is right.
for (let call = 0; call < 4; call += 1) await breaker.execute(answering(200, 2_500));
assert.equal(breaker.state, 'open');

// What is neutral decides nothing.
breaker.reset();
const quota = Object.assign(new Error('monthly quota used up'), { name: 'QuotaError' });
for (let call = 0; call < 10; call += 1)
  await assert.rejects(
    breaker.execute(() => Promise.reject(quota)),
    /quota/u,
  );
assert.equal(breaker.state, 'closed');
console.log(breaker.stats().totals);
