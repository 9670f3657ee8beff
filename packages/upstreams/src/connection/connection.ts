/** One connection to an upstream through the SDK's client: its era is settled, and its results arrive unchecked. */
import {
  Client,
  ProtocolError,
  type Progress,
  type RequestOptions,
  type StandardSchemaV1,
  type Transport,
} from '@modelcontextprotocol/client';

import { isMembers, rawResult, type Members } from './take-apart.ts';
import { failureOf } from './reserved-error.ts';

export type ProtocolChoice = 'auto' | '2026-07-28' | '2025-11-25';
export type ProtocolEra = '2025' | '2026';

export interface ConnectionOptions {
  readonly transport: Transport;
  readonly protocol: ProtocolChoice;
  /** How this program introduces itself. */
  readonly client: { readonly name: string; readonly version: string };
  /** For the first answers of the upstream, in milliseconds. */
  readonly timeoutMs: number;
  /** For the answer to `server/discover`. @default timeoutMs */
  readonly probeTimeoutMs?: number;
  /** Whether the other side is a program, which is its own session in the 2025 era. */
  readonly isProgram: boolean;
  /** Aborted while the connection is being opened when it is no longer wanted. */
  readonly signal: AbortSignal;
  readonly onToolsChanged: () => void;
  readonly onClosed: () => void;
}

export interface ListPage {
  readonly tools: readonly unknown[];
  readonly nextCursor: string | undefined;
  /** For how long the list may be taken as current, in milliseconds. */
  readonly ttlMs: number | undefined;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** The schema as listed, where arguments are repeated in headers. */
  readonly headerSchema?: Members | undefined;
}

/** Whatever the result is: it is checked by whoever reads it. */
const anything: StandardSchemaV1<unknown, unknown> = {
  '~standard': { version: 1, vendor: '@mcp/upstreams', validate: (value) => ({ value }) },
};

/** Longer than any deadline: the caller's signal ends a request, not the SDK. */
const NO_TIMEOUT_MS = 2_000_000_000;

export class Connection implements AsyncDisposable {
  readonly #client: Client;
  /** Whether the upstream may remember earlier requests of this connection. */
  readonly isStateful: boolean;

  private constructor(client: Client, { isProgram, transport }: ConnectionOptions) {
    this.#client = client;
    this.isStateful = this.era === '2025' && (isProgram || transport.sessionId !== undefined);
  }

  /** @throws {Error} of the SDK or of the transport when no era is agreed on in time */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const { protocol, transport, timeoutMs, probeTimeoutMs = timeoutMs } = options;
    const client = new Client(options.client, {
      capabilities: {},
      versionNegotiation: {
        mode: protocol === 'auto' ? 'auto' : protocol === '2025-11-25' ? 'legacy' : { pin: protocol },
        probe: { timeoutMs: probeTimeoutMs },
      },
      inputRequired: { autoFulfill: false },
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => options.onToolsChanged() } },
    });
    // What cannot be attributed to a request changes nothing: the transport reports what matters with the request.
    client.onerror = () => {};
    client.onclose = options.onClosed;
    const giveUp = (): void => void transport.close();
    options.signal.addEventListener('abort', giveUp, { once: true });
    try {
      options.signal.throwIfAborted();
      await client.connect(transport, { timeout: timeoutMs });
    } catch (error) {
      await transport.close().catch(() => {});
      throw translated(error);
    } finally {
      options.signal.removeEventListener('abort', giveUp);
    }
    return new Connection(client, options);
  }

  get era(): ProtocolEra {
    return this.#client.getProtocolEra() === 'modern' ? '2026' : '2025';
  }

  get protocolVersion(): string | undefined {
    return this.#client.getNegotiatedProtocolVersion();
  }

  /** Whether the upstream says when its list of tools changes. */
  get announcesChanges(): boolean {
    return this.#client.getServerCapabilities()?.tools?.listChanged === true;
  }

  /** As the upstream names itself; unchecked text. */
  get server(): { readonly name: string; readonly version: string } | undefined {
    return this.#client.getServerVersion();
  }

  async listPage(cursor: string | undefined, signal: AbortSignal): Promise<ListPage> {
    const params = cursor === undefined ? {} : { cursor };
    const raw = rawResult(await this.#request('tools/list', params, { signal }));
    const { tools, nextCursor, ttlMs } = raw;
    return {
      tools: Array.isArray(tools) ? tools : [],
      nextCursor: typeof nextCursor === 'string' ? nextCursor : undefined,
      ttlMs: typeof ttlMs === 'number' && Number.isFinite(ttlMs) ? ttlMs : undefined,
    };
  }

  /**
   * @returns the result as the upstream sent it
   * @throws {ConnectionError} or an error of the SDK
   */
  async callTool(name: string, args: Members, options: CallOptions): Promise<Members> {
    const { signal, onProgress, headerSchema } = options;
    const request: RequestOptions = { signal, ...(onProgress && { onprogress: onProgress }) };
    if (headerSchema === undefined || this.era === '2025') {
      return readResult(await this.#request('tools/call', { name, arguments: args }, request));
    }
    const toolDefinition = { name, inputSchema: headerSchema as { type: 'object' } };
    try {
      const result = await this.#client.callTool(
        { name, arguments: { ...args } },
        { ...request, timeout: NO_TIMEOUT_MS, allowInputRequired: true, toolDefinition },
      );
      return readResult(result);
    } catch (error) {
      throw translated(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close().catch(() => {});
  }

  async #request(method: string, params: Members, options: RequestOptions): Promise<unknown> {
    try {
      return await this.#client.request({ method, params: { ...params } }, anything, {
        ...options,
        timeout: NO_TIMEOUT_MS,
        allowInputRequired: true,
      });
    } catch (error) {
      throw translated(error);
    }
  }
}

/** Marks a result that asks for input. */
export const INPUT_REQUIRED: Members = { resultType: 'input_required' };

function readResult(result: unknown): Members {
  return isMembers(result) && result['resultType'] === 'input_required' ? INPUT_REQUIRED : rawResult(result);
}

function translated(error: unknown): unknown {
  return error instanceof ProtocolError ? (failureOf(error) ?? error) : error;
}
