import type { Clock } from '../../foundation/clock.ts';
import { StartError } from '../../foundation/start-error.ts';
import { RETRY_MS } from '../engine-state.ts';
import { failureOf, isAnswer, refused, unreachable } from './join-errors.ts';

export interface JoinOptions {
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly attempt: () => Promise<void>;
  /** What was wrong with the connection last, since it was opened. */
  readonly problem: () => Error | undefined;
  /** Called once, as soon as it is known what is wrong. */
  readonly onWaiting?: ((reason: string) => void) | undefined;
}

/** A connection that says nothing for so long is worth a line: a first attempt comes before any connection is open. */
const SILENT_MS = 1000;

/** @throws {StartError} at once where waiting does not help, else when the time is over */
export async function joinWithin({ timeoutMs, clock, attempt, problem, onWaiting }: JoinOptions): Promise<void> {
  const startMs = clock.monotonicMs();
  const endMs = startMs + timeoutMs;
  let isReported = false;
  let known: unknown;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (error instanceof StartError) throw error;
      // The next connection may have been opened by now, and say nothing yet.
      known = problem() ?? (isAnswer(error) ? error : known);
      const cause = known ?? error;
      const refusal = refused(cause);
      if (refusal) throw refusal;
      const nowMs = clock.monotonicMs();
      if (nowMs >= endMs) throw unreachable(cause);
      if (!isReported && (known !== undefined || nowMs - startMs >= SILENT_MS)) {
        isReported = true;
        onWaiting?.(failureOf(cause));
      }
      await new Promise<void>((resolve) => void setTimeout(resolve, RETRY_MS / 4));
    }
  }
}
