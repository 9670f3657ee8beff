import type { CallLog, ClientInput, Progress, RunAllowance } from '@mcp/tool-base';

import type { Principal } from '../access/principal.ts';
import type { AuditRecord } from '../observability/audit/audit-entry.ts';

/** Where a call comes from, as far as the transport knows it. */
export type CallOrigin = Pick<AuditRecord, 'address' | 'client'>;

export interface ToolCallRequest {
  /** As the client sent it; may name no tool. */
  readonly name: string;
  readonly arguments: unknown;
  readonly principal: Principal;
  readonly origin?: CallOrigin;
  /** Of the client, where it has one. */
  readonly session?: string | undefined;
  readonly signal?: AbortSignal;
  /** Cancels the call, instead of `signal`: a controller of the transport, which the gateway may abort as well. */
  readonly abortController?: AbortController;
  /** Checked by the transport. @default the trace id of `traceparent`, else a random UUID */
  readonly correlationId?: string;
  /** W3C trace context as the client sent it. */
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
  readonly timeoutMs?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly log?: CallLog;
  /** Sends the tool's input requests to the client, where the transport can. */
  readonly clientInput?: ClientInput;
  /** Of a job. */
  readonly allowance?: RunAllowance;
}
