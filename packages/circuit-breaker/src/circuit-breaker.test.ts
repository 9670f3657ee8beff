import { describe, expect, it } from 'vitest';
import { ManualClock } from '../test/manual-clock.ts';
import { CircuitBreaker, CircuitOpenError, type CircuitBreakerOptions } from './index.ts';

const boom = new Error('boom');
const fail = (): Promise<never> => Promise.reject(boom);
const ok = (): Promise<string> => Promise.resolve('ok');

function setUp(options: Partial<CircuitBreakerOptions> = {}): { breaker: CircuitBreaker; clock: ManualClock } {
  const clock = new ManualClock();
  const breaker = new CircuitBreaker({ name: 'db', failureThreshold: 3, jitter: 0, clock, ...options });
  return { breaker, clock };
}

async function failTimes(breaker: CircuitBreaker, times: number): Promise<void> {
  for (let n = 0; n < times; n++) await expect(breaker.execute(fail)).rejects.toBe(boom);
}

describe('the circuit', () => {
  it('opens after the threshold of failures in a row, and not before', async () => {
    const { breaker } = setUp();
    await failTimes(breaker, 2);
    await breaker.execute(ok);
    await failTimes(breaker, 2);
    expect(breaker.state).toBe('closed');
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('open');
  });

  it('refuses without running the function while open, and says when to come back', async () => {
    const { breaker, clock } = setUp();
    await failTimes(breaker, 3);
    clock.advance(10_000);
    let ran = false;
    const refused = await breaker
      .execute(() => {
        ran = true;
      })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CircuitOpenError);
    expect(refused).toMatchObject({
      code: 'CIRCUIT_OPEN',
      breaker: 'db',
      state: 'open',
      reason: 'open',
      retryAfterMs: 50_000,
    });
    expect(ran).toBe(false);
  });

  it('goes half-open by time alone and closes after a successful probe', async () => {
    const { breaker, clock } = setUp();
    await failTimes(breaker, 3);
    clock.advance(59_999);
    expect(breaker.state).toBe('open');
    clock.advance(1);
    expect(breaker.state).toBe('half_open');
    await breaker.execute(ok);
    expect(breaker.state).toBe('closed');
  });

  it('waits longer after each failed probe, up to the cap, and starts over once closed', async () => {
    const { breaker, clock } = setUp({ recoveryTimeoutMs: 1000, recoveryMultiplier: 2, maxRecoveryTimeoutMs: 3000 });
    await failTimes(breaker, 3);
    const waits: number[] = [];
    for (let n = 0; n < 3; n++) {
      waits.push(breaker.retryAfterMs);
      clock.advance(breaker.retryAfterMs);
      await failTimes(breaker, 1);
    }
    expect(waits).toEqual([1000, 2000, 3000]);
    expect(breaker.retryAfterMs).toBe(3000);
    clock.advance(3000);
    await breaker.execute(ok);
    await failTimes(breaker, 3);
    expect(breaker.retryAfterMs).toBe(1000);
  });
});
