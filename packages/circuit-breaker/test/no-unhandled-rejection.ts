import { setImmediate } from 'node:timers/promises';
import { afterAll } from 'vitest';

const unhandled: unknown[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

// Runs once for each test file, after its last test: no promise of the breaker's own may ever be left without a handler.
afterAll(async () => {
  await setImmediate();
  await setImmediate();
  if (unhandled.length > 0) throw new AggregateError(unhandled, 'unhandled rejections');
});
