import { expect, test } from 'vitest';
import { ManualClock } from './test-support/manual-clock.ts';
import { Oracle, type OracleCall, type OracleOptions } from './test-support/oracle.ts';
import { boom } from './test-support/rig.ts';
import { CircuitBreaker, type Permit } from './index.ts';

const MAX_STEPS = 7;

/** A caller starts a call or ends its own; or time passes, enough for recovery and for a lease to end. */
type Step = { readonly caller: 0 | 1 | 2; readonly act: 'start' | 'success' | 'failure' } | { readonly act: 'wait' };

const options: OracleOptions = {
  failureThreshold: 1,
  recoveryTimeoutMs: 10,
  recoveryMultiplier: 2,
  maxRecoveryTimeoutMs: 20,
  successThreshold: 1,
  halfOpenMaxConcurrent: 1,
  halfOpenMaxWaitMs: 10,
};

/** Every history of up to `left` more steps. Ending a call that was rejected does nothing. */
function* histories(
  left: number,
  past: readonly Step[] = [],
  busy: readonly number[] = [],
): Generator<readonly Step[]> {
  yield past;
  if (left === 0) return;
  yield* histories(left - 1, [...past, { act: 'wait' }], busy);
  for (const caller of [0, 1, 2] as const) {
    if (busy.includes(caller)) {
      const others = busy.filter((other) => other !== caller);
      yield* histories(left - 1, [...past, { caller, act: 'success' }], others);
      yield* histories(left - 1, [...past, { caller, act: 'failure' }], others);
    } else {
      yield* histories(left - 1, [...past, { caller, act: 'start' }], [...busy, caller]);
    }
  }
}

function acquire(breaker: CircuitBreaker): Permit | 'rejected' {
  try {
    return breaker.acquire();
  } catch {
    return 'rejected';
  }
}

/** What can be observed of each after the history, as one text. */
function replay(history: readonly Step[]): { readonly breaker: string; readonly oracle: string } {
  const clock = new ManualClock();
  const oracle = new Oracle(options, clock.monotonicMs());
  const breaker = new CircuitBreaker({ name: 'e', ...options, jitter: 0, clock });
  const transitions: string[] = [];
  const answers: [string[], string[]] = [[], []];
  breaker.on('transition', ({ from, to }) => transitions.push(`${from}->${to}`));
  const permits: (Permit | 'rejected')[] = [];
  const calls: (OracleCall | 'rejected')[] = [];
  for (const step of history) {
    if (step.act === 'wait') {
      clock.advance(10);
      oracle.now += 10;
    } else if (step.act === 'start') {
      const permit = acquire(breaker);
      const call = oracle.start();
      permits[step.caller] = permit;
      calls[step.caller] = call;
      answers[0].push(permit === 'rejected' ? 'rejected' : 'admitted');
      answers[1].push(call === 'rejected' ? 'rejected' : 'admitted');
    } else {
      const permit = permits[step.caller];
      const call = calls[step.caller];
      if (permit !== undefined && permit !== 'rejected') permit[step.act](boom);
      if (call !== undefined && call !== 'rejected') oracle.end(call, step.act);
    }
  }
  oracle.look();
  const { state, totals, probes, reopenings } = breaker.stats();
  return {
    breaker: JSON.stringify([answers[0], state, transitions, totals, probes, reopenings]),
    oracle: JSON.stringify([
      answers[1],
      oracle.state,
      oracle.transitions,
      oracle.totals,
      oracle.liveProbes().length,
      oracle.reopenings,
    ]),
  };
}

test('every history of up to seven steps by three callers ends in the state of the oracle', () => {
  const differing: unknown[] = [];
  let count = 0;
  for (const history of histories(MAX_STEPS)) {
    count++;
    const { breaker, oracle } = replay(history);
    if (breaker !== oracle) differing.push({ history, breaker, oracle });
  }
  expect(differing.slice(0, 3)).toEqual([]);
  expect(count).toBe(83_900);
}, 20_000);
