/** @mcp/circuit-breaker by itself: a dependency fails, the breaker opens and tells callers when to retry. */
import assert from 'node:assert/strict';

import { CircuitBreaker, CircuitOpenError } from '@mcp/circuit-breaker';

const breaker = new CircuitBreaker({ name: 'inventory', failureThreshold: 3, recoveryTimeoutMs: 30_000 });
using _watching = breaker.on('transition', ({ from, to }) => console.log(`${breaker.name}: ${from} -> ${to}`));

const outage = async (): Promise<never> => {
  throw new Error('connection refused');
};

for (let attempt = 1; attempt <= 3; attempt += 1) {
  await assert.rejects(breaker.execute(outage), /connection refused/u);
}

// The function is not called any more: callers are rejected at once, with the time until a retry.
await assert.rejects(breaker.execute(outage), (error) => {
  assert(error instanceof CircuitOpenError);
  console.log(`rejected; retry after ${Math.round(error.retryAfterMs / 1000)} s`);
  return error.retryAfterMs > 0;
});
assert.equal(breaker.stats().totals.rejected, 1);
