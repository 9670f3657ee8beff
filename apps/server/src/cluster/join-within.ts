import type { Clock } from '../foundation/clock.ts';
import { StartError } from '../foundation/start-error.ts';
import { RETRY_MS } from './engine-state.ts';
import { refused, unreachable } from './join-errors.ts';

export interface JoinOptions {
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly attempt: () => Promise<void>;
  /** What was wrong with the connection last, since it was opened. */
  readonly problem: () => Error | undefined;
}

/** @throws {StartError} at once where waiting does not help, else when the time is over */
export async function joinWithin({ timeoutMs, clock, attempt, problem }: JoinOptions): Promise<void> {
  const endMs = clock.monotonicMs() + timeoutMs;
  for (;;) {
    try {
      await attempt();
      // The library goes on with database 0 where the one of the URL does not exist.
      const refusal = refused(problem());
      if (refusal) throw refusal;
      return;
    } catch (error) {
      if (error instanceof StartError) throw error;
      const cause = problem() ?? error;
      const refusal = refused(cause);
      if (refusal) throw refusal;
      if (clock.monotonicMs() >= endMs) throw unreachable(cause);
      await new Promise<void>((resolve) => void setTimeout(resolve, RETRY_MS / 4));
    }
  }
}
