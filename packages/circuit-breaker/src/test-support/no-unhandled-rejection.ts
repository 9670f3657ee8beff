import { setImmediate } from 'node:timers/promises';
import { afterAll } from 'vitest';

const unhandled: unknown[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

// Runs after the last test of each file: no promise that the breaker makes may be left without a handler.
afterAll(async () => {
  await setImmediate();
  await setImmediate();
  if (unhandled.length > 0) throw new AggregateError(unhandled, 'unhandled rejections');
});
