import { paired } from '../harness/paired.ts';
import { ours } from './candidates.ts';

let counter = 0;
const fn = (): number => counter++;

await paired(
  {
    title: 'Closed circuit, without promises',
    file: import.meta.url,
  },
  {
    batch: 10_000,
    baseline: [
      'bare `fn()`',
      () => (calls) => {
        for (let n = 0; n < calls; n++) fn();
      },
    ],
    candidates: {
      executeSync: () => {
        const breaker = ours();
        return (calls) => {
          for (let n = 0; n < calls; n++) breaker.executeSync(fn);
        };
      },
      'acquire + success': () => {
        const breaker = ours();
        return (calls) => {
          for (let n = 0; n < calls; n++) {
            const permit = breaker.acquire();
            fn();
            permit.success();
          }
        };
      },
      'acquire + success, `using`': () => {
        const breaker = ours();
        return (calls) => {
          for (let n = 0; n < calls; n++) {
            using permit = breaker.acquire();
            fn();
            permit.success();
          }
        };
      },
    },
  },
);
