/** Takes what went wrong beside a call. */
export interface Reporter {
  warn(message: string, cause?: unknown): void;
}

export type OnWarning = (message: string, cause?: unknown) => unknown;

/** To the user's hook, or else to the process as a warning. Never more than that: the caller's outcome must stand. */
export function report(onWarning: OnWarning | undefined, message: string, cause: unknown): void {
  try {
    if (onWarning !== undefined) {
      const done = onWarning(message, cause);
      // Nobody is left to tell of an async hook that fails, but it must not end the process.
      if (done instanceof Promise) done.catch(() => undefined);
    } else {
      const detail = cause instanceof Error ? (cause.stack ?? cause.message) : typeof cause;
      process.emitWarning(message, { type: 'CircuitBreakerWarning', detail });
    }
  } catch {
    // The hook itself threw, or this is no Node process: nobody is left to tell.
  }
}
