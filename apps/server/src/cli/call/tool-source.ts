import type { Progress } from '@mcp/tool-base';

/** The tools that a command works with: those of a running server, or of this process. */
export interface ToolSource extends AsyncDisposable {
  /** For people: the URL of the server, or `this process`. */
  readonly description: string;
  /** @returns undefined when there is no such tool, or it is disabled */
  inputSchema(tool: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  list(): Promise<readonly ListedTool[]>;
  call(request: CallOfTool): Promise<ToolCallResult>;
}

export interface ListedTool {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  /** Excluded by the configuration. */
  readonly excluded: boolean;
  readonly available: { readonly ok: boolean };
  readonly circuitBreaker: { readonly state: string };
}

export interface CallOfTool {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** The result of `tools/call`. */
export interface ToolCallResult {
  readonly content: readonly ResultBlock[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean | undefined;
}

export interface ResultBlock {
  readonly type: string;
  readonly [member: string]: unknown;
}
