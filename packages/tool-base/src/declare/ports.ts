/** What the pipeline needs from outside, as small interfaces: `ToolMetrics` of `@mcp/metrics` fits `CallRecorder`, any logger with
 * four levels fits `CallLog`. */

import type { ErrorType } from '../result/error-type.ts';

/** The outcome of a recorded call; `rejected` means that nothing ran. */
export interface RecordedOutcome {
  readonly status: 'success' | 'failure' | 'timeout' | 'rejected' | 'cancelled';
  readonly errorType?: ErrorType;
  readonly durationMs?: number;
  readonly queueMs?: number;
  readonly outputBytes?: number;
  readonly traceId?: string;
}

export interface RecordedCall {
  end(outcome: RecordedOutcome): void;
}

/** Called once when a call starts to run and once when it ended. */
export interface CallRecorder {
  start(tool: string): RecordedCall;
}

export type LogFields = Readonly<Record<string, unknown>>;

export interface CallLog {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Progress of a call; `progress` should grow with each report. */
export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}
