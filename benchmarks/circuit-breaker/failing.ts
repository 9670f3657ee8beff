import { ConsecutiveBreaker } from 'cockatiel';
import { paired, type Batch } from '../harness/paired.ts';
import { quick } from '../harness/quick.ts';
import { cockatiel, opossum, ours } from './candidates.ts';

const broken = async (): Promise<number> => {
  throw new Error('down');
};
const NEVER = 1_000_000_000;

function failures(work: () => Promise<unknown>): Batch {
  return async (calls) => {
    for (let n = 0; n < calls; n++) {
      try {
        await work();
      } catch {
        // Every call fails; that is what is measured.
      }
    }
  };
}

/** A window that holds this many failures before the measurement begins. */
async function filled(work: () => Promise<unknown>): Promise<Batch> {
  const batch = failures(work);
  await batch(quick ? 300 : 10_000);
  return batch;
}

await paired(
  {
    title: 'Closed circuit, failing async call, after 10,000 failures',
    file: import.meta.url,
    rounds: 5,
    atMost: { '@mcp/circuit-breaker, consecutive': 1.65 },
  },
  {
    samples: 60,
    baseline: ['bare `await fn()`, caught', () => failures(broken)],
    candidates: {
      '@mcp/circuit-breaker, consecutive': () => {
        const breaker = ours({ failureThreshold: NEVER });
        return filled(() => breaker.execute(broken));
      },
      '@mcp/circuit-breaker, count window': () => {
        const breaker = ours({ slidingWindow: { type: 'count', size: 1_000_000, minimumCalls: 1_000_000 } });
        return filled(() => breaker.execute(broken));
      },
      '@mcp/circuit-breaker, time window': () => {
        const breaker = ours({ slidingWindow: { type: 'time', durationMs: 60_000, minimumCalls: NEVER } });
        return filled(() => breaker.execute(broken));
      },
      'cockatiel ConsecutiveBreaker': () => {
        const breaker = cockatiel(new ConsecutiveBreaker(NEVER));
        return filled(() => breaker.execute(broken));
      },
    },
  },
  {
    // It sorts its window at every failure.
    samples: 8,
    batch: 20,
    baseline: ['bare `await fn()`, caught, 20 at a time', () => failures(broken)],
    candidates: {
      'opossum, defaults': () => {
        const breaker = opossum(broken, { volumeThreshold: NEVER });
        return filled(() => breaker.fire());
      },
    },
  },
);
