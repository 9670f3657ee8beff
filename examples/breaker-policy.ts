/**
 * A breaker that opens by the rate of failures and of slow calls in the last minute. An HTTP 503 counts as a failure although
 * nothing is thrown, a 404 as a success, and each open period is longer than the last. The injected clock makes it fast.
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

// Two successes, one of them a 404, and two failures: half of the four calls failed.
for (const status of [200, 404, 503, 503]) await breaker.execute(answering(status));
assert.equal(breaker.state, 'open');
await assert.rejects(breaker.execute(answering(200)), CircuitOpenError);

// The probe fails too: the next open period is twice as long.
now += 10_000;
await breaker.execute(answering(503));
assert.equal(breaker.state, 'open');
assert.equal(breaker.retryAfterMs, 20_000);

// The probe succeeds: the circuit closes and the window is empty.
now += 20_000;
await breaker.execute(answering(200));
assert.equal(breaker.state, 'closed');

// Slow calls count too, although all of them succeed.
for (let call = 0; call < 4; call += 1) await breaker.execute(answering(200, 2_500));
assert.equal(breaker.state, 'open');

// Ignored errors do not change the state.
breaker.reset();
const quota = Object.assign(new Error('monthly quota used up'), { name: 'QuotaError' });
for (let call = 0; call < 10; call += 1)
  await assert.rejects(
    breaker.execute(() => Promise.reject(quota)),
    /quota/u,
  );
assert.equal(breaker.state, 'closed');
console.log(breaker.stats().totals);
