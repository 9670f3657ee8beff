/** Receives problems that cannot be reported to a caller, such as a listener that threw. */
export interface Reporter {
  warn(message: string, cause?: unknown): void;
}

export type OnWarning = (message: string, cause?: unknown) => unknown;

/** Calls the user's hook, or else emits a process warning. Never throws: the outcome of a call must not change. */
export function report(onWarning: OnWarning | undefined, message: string, cause: unknown): void {
  try {
    if (onWarning !== undefined) {
      const done = onWarning(message, cause);
      // There is no further place to report to, and the process must not end.
      if (done instanceof Promise) done.catch(() => undefined);
    } else {
      const detail = cause instanceof Error ? (cause.stack ?? cause.message) : typeof cause;
      process.emitWarning(message, { type: 'CircuitBreakerWarning', detail });
    }
  } catch {
    // The hook threw, or this is not Node: there is no further place to report to.
  }
}
