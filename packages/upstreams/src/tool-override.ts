import type { TargetParameter, ToolBreakerOptions } from '@mcp/tool-base';

/** What the operator says about one tool of an upstream; the rest comes from the upstream. */
export interface ToolOverride {
  readonly description?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly queue?: { readonly size?: number | undefined; readonly timeoutMs?: number | undefined } | undefined;
  readonly maxOutputBytes?: number | undefined;
  readonly circuitBreaker?: ToolBreakerOptions | undefined;
  /** Arguments that name an address, network, host or URL, and have to pass the target policy before the upstream sees them. */
  readonly targets?: Readonly<Record<string, TargetParameter['kind']>> | undefined;
  /** Doing it twice does no more than doing it once, so a call whose connection broke is sent again, once. @default false */
  readonly idempotent?: boolean | undefined;
}
