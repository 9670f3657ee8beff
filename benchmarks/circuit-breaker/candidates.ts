import { CircuitBreaker, type CircuitBreakerOptions } from '@mcp/circuit-breaker';
import {
  circuitBreaker,
  ConsecutiveBreaker,
  handleAll,
  SamplingBreaker,
  type CircuitBreakerPolicy,
  type IBreaker,
} from 'cockatiel';
import OpossumBreaker from 'opossum';

/** As a user has it: counters, events with a listener, stale-result guard, leases; nothing switched off. */
export function ours(options: Partial<CircuitBreakerOptions> = {}): CircuitBreaker {
  const breaker = new CircuitBreaker({ name: 'bench', ...options });
  breaker.on('transition', () => {});
  return breaker;
}

export function cockatiel(breaker: IBreaker = new ConsecutiveBreaker(5)): CircuitBreakerPolicy {
  return circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker });
}

export function cockatielSampling(threshold = 0.5): CircuitBreakerPolicy {
  return cockatiel(new SamplingBreaker({ threshold, duration: 60_000 }));
}

export function opossum<T>(fn: () => Promise<T>, options: OpossumBreaker.Options = {}): OpossumBreaker<[], T> {
  return new OpossumBreaker(fn, { resetTimeout: 60_000, ...options });
}
