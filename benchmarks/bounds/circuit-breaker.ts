import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { CircuitBreaker } from '@mcp/circuit-breaker';
import { settledBytes } from '../harness/memory.ts';
import type { Bounds } from './bounds.ts';

const fail = async (): Promise<never> => Promise.reject(new Error('x'.repeat(1000)));

async function failTimes(breaker: CircuitBreaker, calls: number): Promise<void> {
  for (let call = 0; call < calls; call++) await breaker.execute(fail).catch(() => undefined);
}

/** Prints the milliseconds from its last statement to its exit. */
const TEN_THOUSAND_BREAKERS = `
  import { CircuitBreakerRegistry } from '@mcp/circuit-breaker';
  const registry = new CircuitBreakerRegistry({ maxBreakers: 20_000 });
  for (let n = 0; n < 10_000; n++) {
    const breaker = registry.get('b' + n, { recoveryTimeoutMs: n % 3 === 2 ? 0 : 60_000 });
    if (n % 3 > 0) breaker.trip();
    if (breaker.state === 'half_open') void breaker.execute(() => new Promise(() => {}));
  }
  const end = performance.now();
  process.on('exit', () => console.log(performance.now() - end));
`;

export const circuitBreakerBounds: Bounds = {
  'circuit-breaker: a failure after 20,000 others takes less than 5 times as long': async () => {
    let reads = 0;
    const breaker = new CircuitBreaker({
      name: 'storm',
      slidingWindow: { type: 'time', durationMs: 1e9, minimumCalls: 1e9 },
      clock: { monotonicMs: () => ++reads, epochMs: () => 0 },
    });
    // The least of five: other processes can only make it longer.
    const leastOf = async (calls: number): Promise<number> => {
      let least = Infinity;
      for (let n = 0; n < 5; n++) {
        const startedMs = performance.now();
        await failTimes(breaker, calls / 5);
        least = Math.min(least, performance.now() - startedMs);
      }
      return least;
    };
    await leastOf(2000);
    const few = await leastOf(2000);
    await leastOf(20_000);
    const many = await leastOf(2000);
    // A window that is copied or sorted at each failure takes ten times as long here.
    assert(many / few < 5, `${(many / few).toFixed(1)} times`);
    assert.equal(breaker.stats().window?.failures, 26_000);
  },

  // https://github.com/nodeshift/opossum/issues/648
  'circuit-breaker: 100,000 calls grow the heap by less than half a byte each': async () => {
    const breaker = new CircuitBreaker({ name: 'x', failureThreshold: 1e9 });
    await failTimes(breaker, 20_000);
    const before = await settledBytes();
    await failTimes(breaker, 100_000);
    const bytes = ((await settledBytes()) - before) / 100_000;
    assert(bytes < 0.5, `${bytes.toFixed(2)} bytes`);
    assert.equal(breaker.state, 'closed');
  },

  // https://github.com/resilience4j/resilience4j/issues/351
  'circuit-breaker: a process with 10,000 breakers exits within 250 ms': () => {
    const script = ['--conditions=@mcp/source', '--input-type=module', '--eval', TEN_THOUSAND_BREAKERS];
    const { stdout, stderr, status } = spawnSync(process.execPath, script, { cwd: import.meta.dirname });
    assert.equal(status, 0, stderr.toString());
    assert(Number(stdout.toString()) < 250, `${stdout.toString().trim()} ms`);
  },
};
