import type { CheckOutcome, ResolvedCheck } from '../check-definition.ts';
import type { Clock } from '../clock.ts';
import { describeError } from '../safe-text.ts';
import { validateOutcome } from './check-outcome.ts';

/** One run of a check under its timeout. */
export interface TimedRun {
  /** Settles at the latest at the timeout and never rejects; `undefined` when the run was cancelled. */
  readonly outcome: Promise<TimedOutcome | undefined>;
  /** Settles when the check itself has: later than `outcome`, or never, if it ignores its signal. Never rejects. */
  readonly settled: Promise<void>;
  /** Aborts the check and discards its outcome. */
  cancel(): void;
}

export interface TimedOutcome extends CheckOutcome {
  readonly timedOut: boolean;
}

async function runToOutcome({ definition }: ResolvedCheck, signal: AbortSignal): Promise<TimedOutcome> {
  try {
    return { ...validateOutcome(await definition.run({ signal })), timedOut: false };
  } catch (error) {
    return { status: 'unhealthy', message: describeError(error), timedOut: false };
  }
}

/** Starts a check. The timeout applies whether or not the check observes its signal. */
export function startRun(check: ResolvedCheck, clock: Clock): TimedRun {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<TimedOutcome | undefined>();
  const timer = clock.setTimer(check.timeoutMs, () => {
    // Resolved before the abort, so that what the check returns on abort cannot replace the timeout.
    resolve({ status: 'unhealthy', message: `timed out after ${check.timeoutMs} ms`, timedOut: true });
    controller.abort(new DOMException(`timed out after ${check.timeoutMs} ms`, 'TimeoutError'));
  });
  const settled = runToOutcome(check, controller.signal).then((outcome) => {
    timer[Symbol.dispose]();
    resolve(outcome);
  });
  return {
    outcome: promise,
    settled,
    cancel() {
      timer[Symbol.dispose]();
      resolve(undefined);
      controller.abort(new DOMException('the health monitor cancelled this run', 'AbortError'));
    },
  };
}
