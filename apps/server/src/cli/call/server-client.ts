import type { Progress } from '@mcp/tool-base';

import { version } from '../../foundation/version.ts';
import { CommandError } from './command-error.ts';
import { eventMessages } from './event-messages.ts';
import { followTask, isTask, type AskServer } from './follow-task.ts';
import type { CallOfTool, ListedTool, ToolCallResult, ToolSource } from './tool-source.ts';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  MODERN_VERSION,
  PROTOCOL_VERSION_META_KEY,
} from '../../transports/mcp/protocol/protocol-names.ts';
import { TASKS_CAPABILITY } from '../../transports/mcp/protocol/task.ts';

export interface ServerAddress {
  /** Without a trailing slash. */
  readonly url: string;
  readonly key: string | undefined;
}

interface McpTool {
  readonly name: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** Nothing listens at the address. */
export class ServerNotRunningError extends CommandError {
  constructor(url: string) {
    super(1, `No server listens on ${url}. Start it, or name another one with --server.`);
  }
}

/** A running server, over HTTP. Every request stands alone (protocol version 2026-07-28), so there is no session to close. */
export class ServerClient implements ToolSource {
  readonly #address: ServerAddress;

  constructor(address: ServerAddress) {
    this.#address = address;
  }

  get description(): string {
    return this.#address.url;
  }

  async inputSchema(tool: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    let cursor: string | undefined;
    do {
      const page = (await this.#request('tools/list', cursor === undefined ? {} : { cursor })) as {
        readonly tools: readonly McpTool[];
        readonly nextCursor?: string;
      };
      const found = page.tools.find(({ name }) => name === tool);
      if (found) return found.inputSchema;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return undefined;
  }

  async list(): Promise<readonly ListedTool[]> {
    const response = await this.#fetch('/tools', {});
    const { tools } = (await response.json()) as { readonly tools: readonly ListedTool[] };
    return tools;
  }

  async call({ tool, arguments: values, onProgress, signal }: CallOfTool): Promise<ToolCallResult> {
    const call = { name: tool, arguments: values };
    const answer = await this.#request('tools/call', call, { onProgress, signal, capabilities: TASKS_CAPABILITY });
    if (!isTask(answer)) return answer as ToolCallResult;
    const ask: AskServer = (method, params) => this.#request(method, params, { capabilities: TASKS_CAPABILITY });
    return await followTask(ask, answer, { onProgress, signal });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  async #request(
    method: string,
    params: Readonly<Record<string, unknown>>,
    {
      onProgress,
      signal,
      capabilities = {},
    }: Partial<Pick<CallOfTool, 'onProgress' | 'signal'>> & { readonly capabilities?: object } = {},
  ): Promise<unknown> {
    const _meta = {
      [PROTOCOL_VERSION_META_KEY]: MODERN_VERSION,
      [CLIENT_INFO_META_KEY]: { name: 'mcp-server call', version },
      [CLIENT_CAPABILITIES_META_KEY]: capabilities,
      ...(onProgress && { progressToken: 1 }),
    };
    const subject = params['name'] ?? params['taskId'];
    const name = typeof subject === 'string' ? { 'mcp-name': subject } : {};
    const response = await this.#fetch('/mcp', {
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'mcp-protocol-version': MODERN_VERSION,
        'mcp-method': method,
        ...name,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
      ...(signal && { signal }),
    });
    for await (const message of messagesOf(response)) {
      if (message.error !== undefined)
        throw new CommandError(1, `${this.description} answers: ${message.error.message}`);
      if (message.result !== undefined) return message.result;
      if (message.method === 'notifications/progress' && message.params) onProgress?.(message.params);
    }
    throw new CommandError(1, `The connection to ${this.description} ended before the response.`);
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const { url, key } = this.#address;
    const headers = new Headers(init.headers);
    if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
    let response: Response;
    try {
      response = await fetch(`${url}${path}`, { ...init, headers, redirect: 'error' });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      const code = causeCode(error);
      if (code === 'ECONNREFUSED') throw new ServerNotRunningError(url);
      throw new CommandError(1, `${url} cannot be reached (${code ?? 'no HTTP response'}). Check --server.`);
    }
    // A JSON-RPC error has a body of its own.
    if (response.ok || response.headers.get('content-type')?.startsWith('application/json') === true) return response;
    throw new CommandError(1, await rejectionText(url, response, key !== undefined));
  }
}

interface RpcMessage {
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: Progress;
}

async function* messagesOf(response: Response): AsyncGenerator<RpcMessage> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (!isStream) yield (await response.json()) as RpcMessage;
  else if (response.body) for await (const message of eventMessages(response.body)) yield message as RpcMessage;
}

async function rejectionText(url: string, response: Response, hadKey: boolean): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  if (response.status === 401) {
    const fix = 'Set MCP_CLI_KEY or --key-file; mcp-server keys add creates a key.';
    return `${url} ${hadKey ? 'does not accept the API key' : 'needs an API key'}. ${fix}`;
  }
  return `${url} answers ${response.status}: ${problem.detail ?? 'this is not an mcp-server; check --server.'}`;
}

/** The code of the system error behind a failed fetch; of several addresses, the first. */
function causeCode(error: unknown): string | undefined {
  const { cause } = error as {
    readonly cause?: { readonly code?: string; readonly errors?: readonly { code?: string }[] };
  };
  return cause?.code ?? cause?.errors?.[0]?.code;
}
