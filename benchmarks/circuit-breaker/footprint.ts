import { CircuitBreaker, type CircuitBreakerOptions } from '@mcp/circuit-breaker';
import { footprint } from '../harness/footprint.ts';
import { cockatiel, cockatielSampling, opossum } from './candidates.ts';

const fn = async (): Promise<number> => 1;

function used(options: Partial<CircuitBreakerOptions> = {}): CircuitBreaker {
  const breaker = new CircuitBreaker({ name: 'x', ...options });
  void breaker.execute(fn);
  return breaker;
}

await footprint({
  title: 'A breaker that has served one call',
  file: import.meta.url,
  candidates: {
    'nothing (an empty object)': () => ({}),
    '@mcp/circuit-breaker, consecutive': () => used(),
    '@mcp/circuit-breaker, count window of 100': () => used({ slidingWindow: { type: 'count', size: 100 } }),
    '@mcp/circuit-breaker, time window of 10 buckets': () =>
      used({ slidingWindow: { type: 'time', durationMs: 60_000 } }),
    'cockatiel ConsecutiveBreaker': () => {
      const breaker = cockatiel();
      void breaker.execute(fn);
      return breaker;
    },
    'cockatiel SamplingBreaker': () => {
      const breaker = cockatielSampling();
      void breaker.execute(fn);
      return breaker;
    },
    'opossum, defaults': () => {
      const breaker = opossum(fn);
      void breaker.fire();
      return breaker;
    },
  },
});
