import { paired } from '../harness/paired.ts';
import { cockatiel, cockatielSampling, opossum, ours } from './candidates.ts';

const fn = async (): Promise<number> => 1;

await paired(
  {
    title: 'Closed circuit, successful async call',
    file: import.meta.url,
    atMost: {
      '@mcp/circuit-breaker, consecutive': 2.2,
      '@mcp/circuit-breaker, count window': 2.9,
      '@mcp/circuit-breaker, time window': 5.2,
    },
  },
  {
    baseline: [
      'bare `await fn()`',
      () => async (calls) => {
        for (let n = 0; n < calls; n++) await fn();
      },
    ],
    candidates: {
      '@mcp/circuit-breaker, consecutive': () => {
        const breaker = ours();
        return async (calls) => {
          for (let n = 0; n < calls; n++) await breaker.execute(fn);
        };
      },
      '@mcp/circuit-breaker, count window': () => {
        const breaker = ours({ slidingWindow: { type: 'count', size: 100 } });
        return async (calls) => {
          for (let n = 0; n < calls; n++) await breaker.execute(fn);
        };
      },
      '@mcp/circuit-breaker, time window': () => {
        const breaker = ours({ slidingWindow: { type: 'time', durationMs: 60_000 } });
        return async (calls) => {
          for (let n = 0; n < calls; n++) await breaker.execute(fn);
        };
      },
      '@mcp/circuit-breaker, time window and slow calls': () => {
        const breaker = ours({ slidingWindow: { type: 'time', durationMs: 60_000, slowCallDurationMs: 1000 } });
        return async (calls) => {
          for (let n = 0; n < calls; n++) await breaker.execute(fn);
        };
      },
      '@mcp/circuit-breaker, consecutive, with a signal': () => {
        const breaker = ours();
        const { signal } = new AbortController();
        return async (calls) => {
          for (let n = 0; n < calls; n++) await breaker.execute(fn, { signal });
        };
      },
      'cockatiel ConsecutiveBreaker': () => {
        const breaker = cockatiel();
        return async (calls) => {
          for (let n = 0; n < calls; n++) await breaker.execute(fn);
        };
      },
      'cockatiel SamplingBreaker': () => {
        const breaker = cockatielSampling();
        return async (calls) => {
          for (let n = 0; n < calls; n++) await breaker.execute(fn);
        };
      },
      'opossum, defaults': () => {
        const breaker = opossum(fn);
        return async (calls) => {
          for (let n = 0; n < calls; n++) await breaker.fire();
        };
      },
    },
  },
);
