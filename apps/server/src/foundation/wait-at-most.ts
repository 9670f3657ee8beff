import type { Clock } from './clock.ts';
import { setDeadline } from './deadline.ts';

/**
 * @param work that never rejects; what comes of it later is ignored
 * @returns its result, or `late` after `ms`, measured like {@link setDeadline}
 */
export async function waitAtMost<T, Late>(
  clock: Pick<Clock, 'monotonicMs' | 'setTimer'>,
  ms: number,
  work: Promise<T>,
  late: Late,
): Promise<T | Late> {
  const { promise: tooLate, resolve } = Promise.withResolvers<Late>();
  using _deadline = setDeadline(clock, ms, () => resolve(late));
  return await Promise.race([work, tooLate]);
}
