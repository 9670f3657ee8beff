/**
 * Replicas that call one target, each through a circuit breaker of its own, in simulated time: what one breaker has observed reaches the
 * others after a delay, and they do with it what the policy says. Two runs with one seed are equal.
 */
import { CircuitBreaker } from '@mcp/circuit-breaker';

/**
 * What a replica does when the breaker of another opens: the values of `cluster.breakers`, by the same methods of the breaker as
 * apps/server/src/cluster/shared/shared-breakers.ts, and in addition opening when half of all replicas are open (`quorum`). What others
 * caused is not passed on.
 */
export const POLICIES = ['off', 'primed', 'any', 'quorum'] as const;

export type Policy = (typeof POLICIES)[number];

/** The share of calls that fail, 0 to 1, for a replica at a time. */
export type Target = (replica: number, seconds: number) => number;

export interface Counts {
  /** Calls that reached the target and failed. */
  wasted: number;
  /** Calls that were rejected although the target would have answered. */
  lost: number;
  /** Openings of replicas for which at most one call in a hundred fails. */
  falseOpenings: number;
}

export interface Scenario {
  readonly replicas: number;
  readonly policy: Policy;
  readonly target: Target;
  readonly seconds: number;
  readonly seed: number;
}

const CALLS_PER_SECOND = 10;
const STEP_MS = 10;
const CALL_MS = 50;
/** From one replica to the others; the p99 that the engine is held to is 250 ms. */
const DELAY_MS = 20;
const HEALTHY = 0.01;
/** The reason of what others caused. */
const ANOTHER = 'another replica';
/** The section `circuitBreaker` of the server. */
const AS_SHIPPED = {
  failureThreshold: 5,
  recoveryTimeoutMs: 60_000,
  recoveryMultiplier: 1.5,
  maxRecoveryTimeoutMs: 300_000,
  jitter: 0.1,
};

interface Happening {
  readonly atMs: number;
  readonly run: () => void;
}

export function simulate({ replicas, policy, target, seconds, seed }: Scenario): Counts {
  const counts: Counts = { wasted: 0, lost: 0, falseOpenings: 0 };
  const random = randomFrom(seed);
  let nowMs = 0;
  const clock = { monotonicMs: () => nowMs, epochMs: () => nowMs };
  // Both grow in the order of time, so the first is the next.
  const ending: Happening[] = [];
  const arriving: Happening[] = [];
  const openUntilMs = Array.from({ length: replicas }, () => new Map<number, number>());
  const breakers = Array.from({ length: replicas }, (_, replica) => {
    const breaker = new CircuitBreaker({ ...AS_SHIPPED, name: `r${replica}`, random, clock });
    breaker.on('transition', ({ to, reason, retryAfterMs }) => {
      if (to !== 'open') return;
      if (target(replica, nowMs / 1000) <= HEALTHY) counts.falseOpenings += 1;
      if (policy === 'off' || reason === ANOTHER) return;
      const untilMs = nowMs + retryAfterMs;
      arriving.push({ atMs: nowMs + DELAY_MS, run: () => hear(replica, untilMs) });
    });
    return breaker;
  });
  const openPeers = (replica: number): number => {
    const known = openUntilMs[replica] ?? new Map<number, number>();
    return [...known.values()].filter((untilMs) => untilMs > nowMs).length;
  };
  const hear = (from: number, untilMs: number): void => {
    for (const [replica, breaker] of breakers.entries()) {
      if (replica === from) continue;
      openUntilMs[replica]?.set(from, untilMs);
      if (breaker.state !== 'closed') continue;
      if (policy === 'primed') breaker.prime(ANOTHER, untilMs - nowMs);
      if (policy === 'any') breaker.trip(ANOTHER, { openMs: untilMs - nowMs });
      if (policy === 'quorum' && openPeers(replica) >= Math.max(2, replicas / 2)) breaker.trip(ANOTHER);
    }
  };
  const call = (replica: number, breaker: CircuitBreaker): void => {
    const fails = random() < target(replica, nowMs / 1000);
    let permit;
    try {
      permit = breaker.acquire();
    } catch {
      if (!fails) counts.lost += 1;
      return;
    }
    if (fails) counts.wasted += 1;
    ending.push({
      atMs: nowMs + CALL_MS,
      run: () => (fails ? permit.failure(new Error('failed')) : permit.success()),
    });
  };
  for (; nowMs < seconds * 1000; nowMs += STEP_MS) {
    for (const queue of [ending, arriving]) while ((queue[0]?.atMs ?? Infinity) <= nowMs) queue.shift()?.run();
    for (const [replica, breaker] of breakers.entries()) {
      if (random() < (CALLS_PER_SECOND * STEP_MS) / 1000) call(replica, breaker);
    }
  }
  return counts;
}

/** mulberry32: small, and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
