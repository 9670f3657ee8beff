import {
  isJSONRPCNotification,
  type ClientCapabilities,
  type Implementation,
  type RequestId,
  type Server,
} from '@modelcontextprotocol/server';

import type { Principal } from '../../../../access/principal.ts';
import type { Clock } from '../../../../foundation/clock.ts';
import { INVALID_REQUEST } from '../../../../foundation/json-rpc-codes.ts';
import { toAuthInfo, type RequestExtra } from '../../handoff/request-extra.ts';
import { rpcError } from '../../protocol/rpc-error.ts';
import type { StreamQuota } from '../../protocol/stream-quota.ts';
import type { ConnectionSettings } from '../connection/connection-settings.ts';
import { clientAnswer, type ClientAnswer, type SessionTransport } from './session-transport.ts';
import { whenEnded } from './stream-end.ts';

export interface SessionOptions {
  readonly id: string;
  /** Who opened it; each request is authorized for the principal that sent it. */
  readonly opener: Principal;
  readonly server: Server;
  readonly settings: ConnectionSettings;
  readonly transport: SessionTransport;
  readonly quota: StreamQuota;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

/** A call that is answered without the SDK. */
export interface OtherCall {
  /** Ends it without an answer. */
  cancel(): void;
}

/** One open session: the SDK's transport for it, and what runs in it. */
export class Session {
  readonly id: string;
  readonly #options: SessionOptions;
  /** Requests being answered and open streams. */
  #active = 0;
  readonly #requestIds = new Set<RequestId>();
  readonly #otherCalls = new Map<RequestId, OtherCall>();
  #caller: Principal;
  #lastUsedMs: number;

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.#options = options;
    this.#caller = options.opener;
    this.#lastUsedMs = options.clock.monotonicMs();
  }

  get isIdle(): boolean {
    return this.#active === 0 && this.#otherCalls.size === 0;
  }

  /** Monotonic milliseconds. */
  get lastUsedMs(): number {
    return this.#lastUsedMs;
  }

  get capabilities(): ClientCapabilities | undefined {
    return this.#options.server.getClientCapabilities();
  }

  get client(): Implementation | undefined {
    return this.#options.server.getClientVersion();
  }

  get settings(): ConnectionSettings {
    return this.#options.settings;
  }

  isAnswering(id: RequestId): boolean {
    return this.#requestIds.has(id) || this.#otherCalls.has(id);
  }

  /**
   * The client may cancel the call, and it ends with the session, until the result is disposed.
   * @returns undefined when a request with this id is being answered
   */
  hold(id: RequestId, call: OtherCall): Disposable | undefined {
    if (this.isAnswering(id)) return undefined;
    this.#otherCalls.set(id, call);
    return { [Symbol.dispose]: () => void this.#otherCalls.delete(id) };
  }

  /** The opener, as its last request was authenticated: a token may have been renewed since the session was opened. */
  get caller(): Principal {
    return this.#caller;
  }

  /** Counts a request of `caller`. */
  touch(caller: Principal = this.#caller): void {
    this.#caller = caller;
    this.#lastUsedMs = this.#options.clock.monotonicMs();
  }

  async handle(request: Request, body: unknown, extra: RequestExtra): Promise<Response> {
    this.touch(extra.principal);
    const requestId = requestIdOf(body);
    if (requestId !== undefined && this.isAnswering(requestId)) {
      extra.deferredCall?.abortController.abort();
      const message = 'A request with this id is still being answered in this session. Give each request its own id.';
      return rpcError(400, INVALID_REQUEST, message, requestId);
    }
    const { transport } = this.#options;
    const end = this.#begin(requestId);
    let slot: Disposable | undefined;
    const holdConnection = (): boolean => {
      slot ??= this.#options.quota.acquire(this.#caller.name);
      return slot !== undefined;
    };
    const ended = (): void => {
      end();
      slot?.[Symbol.dispose]();
    };
    let response: Response;
    try {
      const authInfo = toAuthInfo({ ...extra, holdConnection });
      const answer = clientAnswer(body);
      const parsedBody = (answer && transport.unmarked(answer)) ?? body;
      // The client has lost the stream that it had. Its connection may look open for minutes yet, and the SDK allows one.
      if (request.method === 'GET') transport.closeStandaloneSSEStream();
      response = await transport.handleRequest(request, { ...(body !== undefined && { parsedBody }), authInfo });
    } catch (error) {
      ended();
      throw error;
    }
    const cancelled = cancelledBy(body);
    if (cancelled !== undefined) this.#cancelled(cancelled);
    return whenEnded(response, ended, () => this.#streamClosed(requestId));
  }

  /** Whether the answer is to a request of this instance, which may have ended. */
  hasAsked(answer: ClientAnswer): boolean {
    return this.#options.transport.unmarked(answer) !== undefined;
  }

  /** An answer that the client has sent to another server. */
  receive(answer: ClientAnswer): void {
    const known = this.#options.transport.unmarked(answer);
    if (known) this.#options.transport.onmessage?.(known);
  }

  /** The client has sent the cancellation to another server. */
  cancel(requestId: RequestId): void {
    if (!this.isAnswering(requestId)) return;
    this.#options.transport.onmessage?.({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } });
    this.#cancelled(requestId);
  }

  /** The session has ended, and with it what runs beside the SDK. */
  ended(): void {
    for (const call of this.#otherCalls.values()) call.cancel();
  }

  close(): Promise<void> {
    return this.#options.transport.close();
  }

  /** A cancelled request gets no response, and the SDK would leave its stream open. */
  #cancelled(requestId: RequestId): void {
    this.#otherCalls.get(requestId)?.cancel();
    this.#options.transport.closeSSEStream(requestId);
  }

  #begin(requestId: RequestId | undefined): () => void {
    this.#active += 1;
    if (requestId !== undefined) this.#requestIds.add(requestId);
    return () => {
      this.#active -= 1;
      if (requestId !== undefined) this.#requestIds.delete(requestId);
      this.touch();
    };
  }

  /** The client closed the stream of a response. This server resumes no stream, so the call is not left running. */
  #streamClosed(requestId: RequestId | undefined): void {
    if (requestId === undefined) return;
    const params = { requestId, reason: 'The client closed the stream of the response.' };
    this.#options.transport.onmessage?.({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
  }
}

function requestIdOf(body: unknown): RequestId | undefined {
  if (typeof body !== 'object' || body === null || !('method' in body) || !('id' in body)) return undefined;
  return body.id as RequestId;
}

/** The request that a cancellation names; undefined for any other message, and for one that the SDK ignores. */
export function cancelledBy(body: unknown): RequestId | undefined {
  if (!isJSONRPCNotification(body) || body.method !== 'notifications/cancelled') return undefined;
  const { requestId, reason = '' } = body.params ?? {};
  if (typeof reason !== 'string') return undefined;
  return typeof requestId === 'string' || typeof requestId === 'number' ? requestId : undefined;
}
