import type { Writable } from 'node:stream';

import { systemClock, type Clock } from '../foundation/clock.ts';

/**
 * Resolves when everything that was written to `output` has left this process, or cannot any more. Node writes to a pipe only
 * as fast as its reader reads, and a process that exits before drops the rest.
 *
 * @param limitMs after which a reader that does not read is no longer waited for
 */
export function written(output: Writable, limitMs: number = Infinity, clock: Clock = systemClock): Promise<void> {
  if (output.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => {
    output.write('', () => resolve());
    output.once('close', resolve);
    if (limitMs < Infinity) clock.setTimer(limitMs, resolve);
  });
}
