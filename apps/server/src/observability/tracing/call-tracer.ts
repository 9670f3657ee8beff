import type { TraceParent } from './trace-context.ts';

export interface TracedCall {
  readonly tool: string;
  readonly caller: string;
  readonly correlationId: string;
  /** The caller's span, when one was sent. */
  readonly parent: TraceParent | undefined;
}

/** The port: one span for each call of a tool. */
export interface CallTracer {
  /** @param call what is known when it starts; the function that comes back is called once, with how it ended */
  start(call: TracedCall): (outcome: string) => void;
  /** Sends what has not been sent. */
  close(): Promise<void>;
}

const ended = (): void => {};

/** Used when no collector is configured; costs nothing. */
export const noTracer: CallTracer = { start: () => ended, close: () => Promise.resolve() };
