/** How long code that makes a prompt, a resource or a completion is waited for: without a limit, a client would wait with it. */
import { ToolError } from '@mcp/tool-base';

import type { Clock } from '../foundation/clock.ts';
import { setDeadline } from '../foundation/deadline.ts';

export interface TimeLimit {
  readonly clock: Pick<Clock, 'monotonicMs' | 'setTimer'>;
  /** Asked at each run. */
  readonly timeoutMs: () => number;
}

/**
 * @param what begins the message, such as `The prompt plan`
 * @throws {ToolError} `timeout`; what comes of the run later is ignored
 */
export async function within<T>(limit: TimeLimit | undefined, what: string, run: () => T | PromiseLike<T>): Promise<T> {
  if (limit === undefined) return run();
  const running = run();
  const ms = limit.timeoutMs();
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  using _deadline = setDeadline(limit.clock, ms, () => reject(timeoutOf(what, ms)));
  return await Promise.race([running, tooLate]);
}

function timeoutOf(what: string, ms: number): ToolError {
  return new ToolError('timeout', `${what} did not end in time.`, {
    suggestion: 'Try again later, or ask the operator, whose log names it.',
    cause: new Error(`${what} had not ended after ${ms} ms (tool.defaultTimeout) and is no longer waited for.`),
  });
}
