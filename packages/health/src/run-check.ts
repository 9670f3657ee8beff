import type { CheckOutcome, ResolvedCheck } from './check.ts';
import type { Clock } from './clock.ts';
import { readOutcome } from './outcome.ts';
import { describeError } from './safe-text.ts';

/** One execution of a check. */
export interface CheckRun {
  /** Settles at the latest at the timeout and never rejects; `undefined` when the run was abandoned. */
  readonly outcome: Promise<RunOutcome | undefined>;
  /** Settles when the check itself has: later than `outcome`, or never, if it ignores its signal. Never rejects. */
  readonly settled: Promise<void>;
  /** Aborts the check and gives up on its outcome. */
  abandon(): void;
}

export interface RunOutcome extends CheckOutcome {
  readonly timedOut: boolean;
}

async function runToOutcome({ definition }: ResolvedCheck, signal: AbortSignal): Promise<RunOutcome> {
  try {
    return { ...readOutcome(await definition.run({ signal })), timedOut: false };
  } catch (error) {
    return { status: 'unhealthy', message: describeError(error), timedOut: false };
  }
}

/** Starts a check under its timeout. The timeout holds whether or not the check heeds its signal. */
export function startCheck(check: ResolvedCheck, clock: Clock): CheckRun {
  const controller = new AbortController();
  const given = Promise.withResolvers<RunOutcome | undefined>();
  const timer = clock.setTimer(() => {
    // Decided before the abort, so that what the check does on abort cannot pass for its result.
    given.resolve({ status: 'unhealthy', message: `timed out after ${check.timeoutMs} ms`, timedOut: true });
    controller.abort(new DOMException(`timed out after ${check.timeoutMs} ms`, 'TimeoutError'));
  }, check.timeoutMs);
  const settled = runToOutcome(check, controller.signal).then((outcome) => {
    timer.cancel();
    given.resolve(outcome);
  });
  return {
    outcome: given.promise,
    settled,
    abandon() {
      timer.cancel();
      given.resolve(undefined);
      controller.abort(new DOMException('the health monitor gave up this run', 'AbortError'));
    },
  };
}
