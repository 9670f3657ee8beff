import type { CircuitBreaker } from '@mcp/circuit-breaker';
import { paired, type Batch } from '../harness/paired.ts';
import { cockatiel, opossum, ours } from './candidates.ts';

const fn = async (): Promise<number> => 1;
const broken = async (): Promise<number> => {
  throw new Error('down');
};

function deeper(depth: number, work: () => Promise<unknown>): Promise<unknown> {
  return depth === 0 ? work() : deeper(depth - 1, work);
}

function rejections(work: () => Promise<unknown>, depth = 0): Batch {
  return async (calls) => {
    for (let n = 0; n < calls; n++) {
      try {
        await deeper(depth, work);
      } catch {
        // Every call is rejected: that is what is measured.
      }
    }
  };
}

function open(): CircuitBreaker {
  const breaker = ours();
  breaker.trip();
  return breaker;
}

async function openCockatiel(): Promise<() => Promise<number>> {
  const breaker = cockatiel();
  for (let n = 0; n < 5; n++) await breaker.execute(broken).catch(() => {});
  return () => breaker.execute(fn);
}

await paired(
  {
    title: 'Open circuit, refused call, caught',
    file: import.meta.url,
    rounds: 5,
  },
  {
    samples: 100,
    baseline: ['a rejected promise, caught', () => rejections(() => Promise.reject(undefined))],
    candidates: {
      '@mcp/circuit-breaker': () => {
        const breaker = open();
        return rejections(() => breaker.execute(fn));
      },
      '@mcp/circuit-breaker, 50 calls deep': () => {
        const breaker = open();
        return rejections(() => breaker.execute(fn), 50);
      },
      'cockatiel ConsecutiveBreaker': async () => rejections(await openCockatiel()),
      'cockatiel ConsecutiveBreaker, 50 calls deep': async () => rejections(await openCockatiel(), 50),
      'opossum, defaults': () => {
        const breaker = opossum(fn);
        breaker.open();
        return rejections(() => breaker.fire());
      },
      'nothing, 50 calls deep': () => rejections(() => Promise.reject(undefined), 50),
    },
  },
);
