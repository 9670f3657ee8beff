import { systemClock } from '../foundation/clock.ts';

export interface StopStep {
  readonly name: string;
  readonly run: () => void | PromiseLike<void>;
}

export interface ShutdownOptions {
  readonly steps: readonly StopStep[];
  /** A step that fails does not keep the ones after it from running. */
  readonly onStepFailed: (step: string, error: unknown) => void;
}

/** The step that disposes a part of the server. */
export function disposal(name: string, part: AsyncDisposable): StopStep {
  return { name, run: () => part[Symbol.asyncDispose]() };
}

/** Runs the steps in order, once. Every later call waits for the same run. */
export function createShutdown({ steps, onStepFailed }: ShutdownOptions): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    for (const { name, run } of steps) {
      try {
        await run();
      } catch (error) {
        onStepFailed(name, error);
      }
    }
  };
  return () => (stopped ??= stop());
}

/**
 * Polls `idle()` until it holds or `graceMs` have passed.
 *
 * @returns whether it held in time
 */
export async function drained(idle: () => boolean, graceMs: number, pollMs = 25): Promise<boolean> {
  const deadlineMs = systemClock.monotonicMs() + graceMs;
  while (!idle()) {
    if (systemClock.monotonicMs() >= deadlineMs) return false;
    await elapsed(pollMs);
  }
  return true;
}

/** Keeps the process alive, unlike a timer of the clock. */
export function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
