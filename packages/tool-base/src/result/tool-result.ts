import type { ErrorType } from './error-type.ts';

/** Content as MCP clients read it; `annotations` and other protocol fields pass through. */
export type ContentBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly data: string; readonly mimeType: string }
  | { readonly type: 'audio'; readonly data: string; readonly mimeType: string }
  | {
      readonly type: 'resource';
      readonly resource:
        | { readonly uri: string; readonly mimeType?: string; readonly text: string }
        | { readonly uri: string; readonly mimeType?: string; readonly blob: string };
    }
  | {
      readonly type: 'resource_link';
      readonly uri: string;
      readonly name: string;
      readonly description?: string;
      readonly mimeType?: string;
    };

/** What a client and the audit log get to know about a failed call. */
export interface ToolResultError {
  readonly type: ErrorType;
  readonly message: string;
  readonly suggestion: string;
  /** Milliseconds, present when a retry makes sense only later. */
  readonly retryAfterMs?: number;
  readonly correlationId: string;
}

export interface ToolResultMeta {
  /** Run time, in whole milliseconds, without the time in the queue. 0 for a call that never ran. */
  readonly durationMs: number;
  /** Time in the queue, in whole milliseconds. */
  readonly queueMs: number;
  /** UTF-8 bytes the tool produced, as counted before anything was cut. */
  readonly outputBytes: number;
  /** True when output was cut at the tool's `maxOutputBytes`. */
  readonly truncated: boolean;
  readonly correlationId: string;
  /** What the client's user answered, for a tool with `confirm`. */
  readonly confirmation?: Confirmation;
}

export type Confirmation = 'allowed' | 'declined' | 'dismissed';

/** The answer to one call. `ok` is the opposite of MCP's `isError`. */
export interface ToolResult {
  readonly ok: boolean;
  readonly content: readonly ContentBlock[];
  /** Machine-readable result; `{}` when the tool returned only text. Failed calls add an `error` member. */
  readonly structured: Readonly<Record<string, unknown>>;
  readonly error?: ToolResultError;
  /** The run requested input from the client: not an outcome, the client repeats the call with its response. */
  readonly awaitingInput?: true;
  readonly meta: ToolResultMeta;
}

/** Content made by {@link toolContent}, to be returned by a tool's `run`. */
export class ToolContent {
  readonly content: readonly ContentBlock[];
  readonly structured: Readonly<Record<string, unknown>> | undefined;

  constructor(content: readonly ContentBlock[], structured: Readonly<Record<string, unknown>> | undefined) {
    this.content = content;
    this.structured = structured;
  }
}

/** Output of a program: already counted, cut and sanitizedJson while it streamed. */
export class ProgramOutput extends ToolContent {
  readonly outputBytes: number;
  readonly truncated: boolean;

  constructor(
    content: readonly ContentBlock[],
    structured: Readonly<Record<string, unknown>>,
    counted: { readonly outputBytes: number; readonly truncated: boolean },
  ) {
    super(content, structured);
    this.outputBytes = counted.outputBytes;
    this.truncated = counted.truncated;
  }
}

/** Lets a tool return images, audio, resources or several blocks, with or without structured content beside them. */
export function toolContent(parts: {
  readonly content: readonly ContentBlock[];
  readonly structured?: Readonly<Record<string, unknown>>;
}): ToolContent {
  return new ToolContent(parts.content, parts.structured);
}
