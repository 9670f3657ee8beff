/** One connection to an upstream through the SDK's client: its era is settled, and its results arrive unchecked. */
import {
  Client,
  ProtocolError,
  type JSONRPCMessage,
  type RequestOptions,
  type StandardSchemaV1,
  type SubscriptionFilter,
  type Transport,
} from '@modelcontextprotocol/client';

import type { Progress } from '@mcp/tool-base';

import type { Clock } from '../clock.ts';
import { CallLane, envelopeOf, type CallTransport } from './call-lane.ts';
import { CallProgress } from './call-progress.ts';
import { ChangeListener } from './change-listener.ts';
import type { FollowedChanges } from './followed-changes.ts';
import { LISTS, readListPage, type ListKind, type ListPage } from './list-page.ts';
import { isMembers, rawResult, type Members } from './take-apart.ts';
import { Unasked } from './unasked.ts';
import { failureOf } from './reserved-error.ts';

export type ProtocolChoice = 'auto' | '2026-07-28' | '2025-11-25';
export type ProtocolEra = '2025' | '2026';

export interface ConnectionOptions {
  readonly transport: Transport & CallTransport;
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
  readonly follows: FollowedChanges;
  readonly clock: Clock;
  readonly onClosed: () => void;
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
const SUBSCRIBE_TIMEOUT_MS = 30_000;

export class Connection implements AsyncDisposable {
  readonly #client: Client;
  readonly #listener: ChangeListener;
  readonly #progress: CallProgress;
  readonly #lane: CallLane;
  /** Whether the upstream may remember earlier requests of this connection. */
  readonly isStateful: boolean;

  private constructor(client: Client, progress: CallProgress, options: ConnectionOptions) {
    const { isProgram, transport, follows, clock } = options;
    this.#client = client;
    this.#progress = progress;
    this.#lane = new CallLane({
      transport,
      envelope: this.era === '2026' ? envelopeOf(this.protocolVersion, options.client) : undefined,
      sendsCancellations: this.era === '2025' || transport.hasPerRequestStream !== true,
    });
    this.#listener = new ChangeListener({
      listen: (filter, options) => client.listen(filter, options),
      clock,
      filter: () => this.#filter(follows),
      onReopened: follows.onListChanged,
    });
    this.isStateful = this.era === '2025' && (isProgram || transport.sessionId !== undefined);
  }

  /** @throws {Error} of the SDK or of the transport when no era is agreed on in time */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const { protocol, transport, timeoutMs, probeTimeoutMs = timeoutMs, follows } = options;
    const client = new Client(options.client, {
      capabilities: {},
      versionNegotiation: {
        mode: protocol === 'auto' ? 'auto' : protocol === '2025-11-25' ? 'legacy' : { pin: protocol },
        probe: { timeoutMs: probeTimeoutMs },
      },
      inputRequired: { autoFulfill: false },
    });
    const progress = new CallProgress();
    const send = (message: JSONRPCMessage): Promise<void> => transport.send(message);
    const unasked = new Unasked({ follows, progress, send, era: () => eraOf(client) });
    transport.onunasked = (message) => unasked.take(message);
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
    const connection = new Connection(client, progress, options);
    if (connection.era === '2026') connection.#listener.update();
    return connection;
  }

  get era(): ProtocolEra {
    return eraOf(this.#client) ?? '2025';
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

  /** Whether the upstream says that it has such a list. */
  has(list: ListKind): boolean {
    return this.#client.getServerCapabilities()?.[LISTS[list].capability] !== undefined;
  }

  /** Changes of the resource are of interest, or no longer. An upstream that cannot say so is left alone. */
  resourceWanted(uri: string, isWanted: boolean): void {
    if (this.#client.getServerCapabilities()?.resources?.subscribe !== true) return;
    if (this.era === '2026') return this.#listener.update();
    const method = isWanted ? 'resources/subscribe' : 'resources/unsubscribe';
    this.#request(method, { uri }, { signal: AbortSignal.timeout(SUBSCRIBE_TIMEOUT_MS) }).catch(() => {});
  }

  #filter({ prompts, resources, resourceUris }: FollowedChanges): SubscriptionFilter {
    const offered = this.#client.getServerCapabilities();
    const uris = offered?.resources?.subscribe === true ? resourceUris() : [];
    return {
      ...(offered?.tools?.listChanged === true && { toolsListChanged: true }),
      ...(prompts && offered?.prompts?.listChanged === true && { promptsListChanged: true }),
      ...(resources && offered?.resources?.listChanged === true && { resourcesListChanged: true }),
      ...(uris.length > 0 && { resourceSubscriptions: [...uris] }),
    };
  }

  async listPage(list: ListKind, cursor: string | undefined, signal: AbortSignal): Promise<ListPage> {
    const { method } = LISTS[list];
    const params = cursor === undefined ? {} : { cursor };
    return readListPage(list, rawResult(await this.#request(method, params, { signal })));
  }

  /**
   * Any other request that has a result.
   * @returns the result as the upstream sent it
   * @throws {ConnectionError} or an error of the SDK
   */
  async request(method: string, params: Members, signal: AbortSignal): Promise<Members> {
    return readResult(await this.#request(method, params, { signal }));
  }

  /**
   * @returns the result as the upstream sent it
   * @throws {ConnectionError} or an error of the SDK
   */
  async callTool(name: string, args: Members, options: CallOptions): Promise<Members> {
    const { signal, onProgress, headerSchema } = options;
    using followed = onProgress && this.#progress.follow(onProgress);
    const params = { name, arguments: { ...args }, ...(followed && { _meta: { progressToken: followed.token } }) };
    if (headerSchema === undefined || this.era === '2025') {
      const result = await this.#lane.call(params, signal);
      return this.era === '2026' ? asked(result) : result;
    }
    const toolDefinition = { name, inputSchema: headerSchema as { type: 'object' } };
    try {
      const request = { signal, timeout: NO_TIMEOUT_MS, allowInputRequired: true, toolDefinition } as const;
      const result = await this.#client.callTool(params, request);
      return readResult(result);
    } catch (error) {
      throw translated(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener[Symbol.dispose]();
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

/** Undefined until it is agreed on. */
function eraOf(client: Client): ProtocolEra | undefined {
  const era = client.getProtocolEra();
  return era && (era === 'modern' ? '2026' : '2025');
}

/** Marks a result that asks for input. */
export const INPUT_REQUIRED: Members = { resultType: 'input_required' };

function readResult(result: unknown): Members {
  return isMembers(result) && asked(result) === INPUT_REQUIRED ? INPUT_REQUIRED : rawResult(result);
}

function asked(result: Members): Members {
  return result['resultType'] === 'input_required' ? INPUT_REQUIRED : result;
}

function translated(error: unknown): unknown {
  return error instanceof ProtocolError ? (failureOf(error) ?? error) : error;
}
