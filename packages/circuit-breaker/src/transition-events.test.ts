import { describe, expect, test } from 'vitest';
import { type CircuitBreaker } from './index.ts';
import { failTimes, listen, ok, setUp, setUpHalfOpen } from './test-support/rig.ts';

describe('transition events', () => {
  test('have the reason, the time and the time until a retry', async () => {
    const { breaker, clock } = setUp({
      slidingWindow: { type: 'count', size: 4, minimumCalls: 4 },
      failureThreshold: 3,
    });
    const received = listen(breaker, 'transition');
    await failTimes(breaker, 3);
    clock.advance(1000);
    await failTimes(breaker, 1);
    breaker.reset();
    await breaker.execute(ok);
    await breaker.execute(ok);
    await failTimes(breaker, 2);
    breaker.forceClosed();
    breaker.forceOpen();
    breaker.reset();
    breaker.trip();
    clock.advance(1000);
    await breaker.execute(ok);
    breaker.forceOpen('maintenance');
    breaker.reset('done');
    expect(received.map(({ from, to, reason, retryAfterMs }) => `${from} ${to} ${reason} ${retryAfterMs}`)).toEqual([
      'closed open failure threshold reached 1000',
      'open half_open recovery timeout elapsed 0',
      'half_open open probe failed 1500',
      'open closed reset 0',
      'closed open failure rate reached 1000',
      'open closed forced closed 0',
      'closed open forced open 1000',
      'open closed reset 0',
      'closed open tripped 1000',
      'open half_open recovery timeout elapsed 0',
      'half_open closed probes succeeded 0',
      'closed open maintenance 1000',
      'open closed done 0',
    ]);
    expect(received.every(({ breaker: name, at }) => name === 'db' && at >= 1_700_000_000_000)).toBe(true);
  });

  test('are sent by whichever read comes first after the open period', async () => {
    const looks: ((breaker: CircuitBreaker) => unknown)[] = [
      (breaker) => breaker.state,
      (breaker) => breaker.retryAfterMs,
      (breaker) => breaker.stats(),
      (breaker) => breaker.toJSON(),
      (breaker) => breaker.acquire(),
    ];
    for (const look of looks) {
      const { breaker, transitions } = await setUpHalfOpen();
      expect(transitions).toEqual(['closed->open']);
      look(breaker);
      expect(transitions).toEqual(['closed->open', 'open->half_open']);
    }
  });

  test('reach the listeners registered when they were sent', async () => {
    const { breaker } = setUp();
    const received: string[] = [];
    breaker.on('success', () => {
      received.push('first');
      breaker.on('success', () => received.push('second'));
    });
    await breaker.execute(ok);
    expect(received).toEqual(['first']);
    await breaker.execute(ok);
    expect(received).toEqual(['first', 'first', 'second']);
  });
});
