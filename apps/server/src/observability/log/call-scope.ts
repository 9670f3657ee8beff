import { AsyncLocalStorage } from 'node:async_hooks';

export interface CallScope {
  /** Added to every log line written during the call. */
  readonly correlationId: string;
  /** The caller's W3C trace context, for requests that a tool makes on its behalf. */
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
}

/** The call that the running code belongs to. */
export const callScope: AsyncLocalStorage<CallScope> = new AsyncLocalStorage();
