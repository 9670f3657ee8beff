import { setImmediate } from 'node:timers/promises';
import { afterAll } from 'vitest';

const unhandled: unknown[] = [];
const note = (reason: unknown): unknown => unhandled.push(reason);
process.on('unhandledRejection', note);

// Runs after the last test of each file: no promise that the breaker makes may be left without a handler.
afterAll(async () => {
  await setImmediate();
  await setImmediate();
  process.off('unhandledRejection', note);
  if (unhandled.length > 0) throw new AggregateError(unhandled, 'unhandled rejections');
});
