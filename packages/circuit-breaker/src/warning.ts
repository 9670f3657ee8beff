/** Takes what went wrong beside a call. */
export interface Reporter {
  warn(message: string, cause?: unknown): void;
}

export type OnWarning = (message: string, cause?: unknown) => void;

/** To the user's hook, or else to the process as a warning. Never more than that: the caller's outcome must stand. */
export function report(onWarning: OnWarning | undefined, message: string, cause: unknown): void {
  try {
    if (onWarning !== undefined) onWarning(message, cause);
    else
      process.emitWarning(message, {
        type: 'CircuitBreakerWarning',
        detail: cause instanceof Error ? (cause.stack ?? cause.message) : typeof cause,
      });
  } catch {
    // The hook itself threw, or this is no Node process: nobody is left to tell.
  }
}
