/** The data of every event by type. Durations in milliseconds. No event holds arguments or output. */
export interface ServerEventData {
  'call.started': { readonly correlationId: string; readonly tool: string; readonly caller: string };
  'call.finished': {
    readonly correlationId: string;
    readonly tool: string;
    readonly caller: string;
    /** 'success' or the type of the error. */
    readonly outcome: string;
    readonly durationMs: number;
    readonly queueMs: number;
    readonly outputBytes: number;
  };
  'job.changed': {
    readonly executionId: string;
    readonly tool: string;
    readonly caller: string;
    readonly state: string;
  };
  'breaker.changed': {
    readonly tool: string;
    /** The name of the tool, followed by `@` and the target where each target has a breaker of its own. */
    readonly breaker: string;
    readonly from: string;
    readonly to: string;
    readonly reason: string;
    /** 0 unless the breaker is open. */
    readonly retryAfterMs: number;
    /** The state that an operator forced; null under automatic control. */
    readonly forced: 'open' | 'closed' | null;
  };
  'tool.changed': {
    readonly tool: string;
    readonly change: 'added' | 'removed' | 'replaced' | 'enabled' | 'disabled';
  };
  'upstream.changed': {
    readonly upstream: string;
    readonly from: string;
    readonly to: string;
    /** Why it is not ready; null when it is. */
    readonly problem: string | null;
  };
  'upstream.pending': {
    readonly upstream: string;
    readonly kind: 'tool' | 'prompt';
    /** Its name, also of a prompt. */
    readonly tool: string;
    /** What is different from what was approved: all of it, or its texts or schemas. */
    readonly change: 'new' | 'changed';
  };
  /** Its operations were planned anew, at start or by a reload; both numbers are 0 when the API was removed. */
  'api.changed': { readonly api: string; readonly offered: number; readonly withheld: number };
  'approval.requested': {
    readonly approvalId: string;
    readonly tool: string;
    readonly caller: string;
    /** Milliseconds since the epoch. */
    readonly expiresAt: number;
  };
  'approval.decided': {
    readonly approvalId: string;
    readonly tool: string;
    readonly caller: string;
    readonly decision: 'allowed' | 'denied' | 'expired';
    /** The principal that decided; null when nobody did. */
    readonly by: string | null;
  };
  'health.changed': { readonly from: string; readonly to: string };
  'config.reloaded': {
    readonly version: number;
    /** Dotted keys whose value changed. */
    readonly changes: readonly string[];
    /** Keys among them that take effect only after a restart. */
    readonly restartRequired: readonly string[];
  };
  'config.rejected': { readonly problems: readonly string[] };
}

export type ServerEventType = keyof ServerEventData;

export type ServerEvent = {
  readonly [T in ServerEventType]: {
    /** Opaque; later events have other ids. */
    readonly id: string;
    /** Milliseconds since the epoch. */
    readonly at: number;
    readonly type: T;
    readonly data: ServerEventData[T];
  };
}[ServerEventType];
