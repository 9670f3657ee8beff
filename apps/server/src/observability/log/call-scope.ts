import { AsyncLocalStorage } from 'node:async_hooks';

export interface CallScope {
  /** On every log line that is written while the call runs, whoever writes it. */
  readonly correlationId: string;
  /** The caller's W3C trace context, for requests that a tool makes on its behalf. */
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
}

/** The call in which the running code was started. */
export const callScope: AsyncLocalStorage<CallScope> = new AsyncLocalStorage();
