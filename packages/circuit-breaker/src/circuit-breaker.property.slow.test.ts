import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from './test-support/manual-clock.ts';
import type { OracleOptions } from './test-support/oracle.ts';
import { Pair } from './test-support/pair.ts';
import { outcomeOf } from './test-support/rig.ts';
import { CircuitBreaker, CircuitOpenError } from './index.ts';

type Command = (pair: Pair) => void | Promise<void>;

const command: fc.Arbitrary<{ readonly text: string; readonly run: Command }> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ text: 'start', run: (pair: Pair) => pair.start() }) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.nat(5), fc.constantFrom('success', 'failure', 'failure', 'neutral', 'abort'))
      .map(([which, result]) => ({ text: `end ${which} ${result}`, run: (pair: Pair) => pair.end(which, result) })),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(0, 1, 7, 49, 50, 99, 100, 150, 400, 5000)
      .map((ms) => ({ text: `advance ${ms}`, run: (pair: Pair) => pair.advance(ms) })),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: -1e6, max: 1e6 }).map((ms) => ({
      text: `wall ${ms}`,
      run: (pair: Pair) => {
        pair.clock.stepEpoch(ms);
      },
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('forceOpen', 'forceClosed', 'trip', 'reset').map((verb) => ({
      text: verb,
      run: (pair: Pair) => {
        pair.breaker[verb]();
        if (verb === 'forceOpen') pair.oracle.force('open');
        else if (verb === 'forceClosed') pair.oracle.force('closed');
        else pair.oracle[verb]();
      },
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1, 50, 400).map((ms) => ({
      text: `trip ${ms}`,
      run: (pair: Pair) => {
        pair.breaker.trip('t', { openMs: ms });
        pair.oracle.trip(ms);
      },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(1, 50, 400).map((ms) => ({
      text: `prime ${ms}`,
      run: (pair: Pair) => {
        pair.breaker.prime('p', ms);
        pair.oracle.prime(ms);
      },
    })),
  },
  { weight: 1, arbitrary: fc.constant({ text: 'restart', run: (pair: Pair) => pair.restart() }) },
);

const optionsArbitrary: fc.Arbitrary<OracleOptions> = fc.record(
  {
    failureThreshold: fc.integer({ min: 1, max: 4 }),
    recoveryTimeoutMs: fc.constantFrom(1, 50, 100),
    recoveryMultiplier: fc.constantFrom(1, 2, 3),
    maxRecoveryTimeoutMs: fc.constantFrom(100, 350),
    successThreshold: fc.integer({ min: 1, max: 3 }),
    halfOpenMaxConcurrent: fc.integer({ min: 1, max: 3 }),
    halfOpenMaxWaitMs: fc.constantFrom(1, 50, 150),
    window: fc.oneof(
      fc.record({
        type: fc.constant('count'),
        size: fc.constantFrom(4, 17),
        minimumCalls: fc.integer({ min: 1, max: 4 }),
        failureRateThreshold: fc.constantFrom(0.3, 0.5, 1),
      }),
      fc.record({
        type: fc.constant('time'),
        durationMs: fc.constant(200),
        buckets: fc.constantFrom(1, 4, 10),
        minimumCalls: fc.integer({ min: 1, max: 4 }),
        failureRateThreshold: fc.constantFrom(0.3, 0.5, 1),
      }),
    ),
  },
  {
    requiredKeys: [
      'failureThreshold',
      'recoveryTimeoutMs',
      'recoveryMultiplier',
      'maxRecoveryTimeoutMs',
      'successThreshold',
      'halfOpenMaxConcurrent',
      'halfOpenMaxWaitMs',
    ],
  },
);

const RUNS = 1500;

describe('any history', () => {
  test('leaves the breaker in the state of the oracle, and every invariant holds after each step', async () => {
    const history = fc.array(command, { minLength: 10, maxLength: 60, size: 'max' });
    await fc.assert(
      fc.asyncProperty(optionsArbitrary, history, async (options, steps) => {
        const pair = new Pair(options);
        for (const step of steps) {
          await step.run(pair);
          pair.check();
        }
      }),
      { numRuns: RUNS },
    );
    expect.assertions(0);
  }, 30_000);
});

test('of callers in the same tick only halfOpenMaxConcurrent are admitted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 20 }), async (limit, callers) => {
      const clock = new ManualClock();
      const breaker = new CircuitBreaker({ name: 't', halfOpenMaxConcurrent: limit, jitter: 0, clock });
      breaker.trip();
      clock.advance(60_000);
      let ran = 0;
      const outcomes = await Promise.all(
        Array.from({ length: callers }, () => outcomeOf(breaker.execute(() => Promise.resolve(++ran)))),
      );
      expect(ran).toBe(Math.min(limit, callers));
      expect(outcomes.filter((outcome) => outcome instanceof CircuitOpenError)).toHaveLength(callers - ran);
    }),
  );
});
