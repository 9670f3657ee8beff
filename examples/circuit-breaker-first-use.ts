/** The blocks of the README of @mcp/circuit-breaker, which is checked against this file. */
import assert from 'node:assert/strict';
import { CircuitBreaker, CircuitOpenError } from '@mcp/circuit-breaker';

const charge = (order: string) => fetch(`http://127.0.0.1:9/charge/${order}`); // nothing listens on this port
const breaker = new CircuitBreaker({ name: 'payments', failureThreshold: 5, recoveryTimeoutMs: 30_000 });
breaker.on('transition', ({ from, to, reason }) => console.log(`payments: ${from} -> ${to}, ${reason}`));
for (const order of ['A1', 'A2', 'A3', 'A4', 'A5', 'A6']) {
  try {
    await breaker.execute(() => charge(order));
  } catch (error) {
    console.log(error instanceof CircuitOpenError ? error.advice : 'failed'); // "... Do not retry before 2026-11-22T16:00:00.000Z ..."
  }
}

assert.equal(breaker.state, 'open');
assert.deepEqual([breaker.stats().totals.failure, breaker.stats().totals.rejected], [5, 1]);

breaker.reset();
const ask = (): Promise<string> => Promise.resolve('an answer');
{
  using permit = breaker.acquire(); // throws CircuitOpenError
  const answer = await ask();
  permit.success(); // or failure(error); release() counts as neither and frees the slot
  console.log(answer);
}
assert.equal(breaker.stats().totals.success, 1);
