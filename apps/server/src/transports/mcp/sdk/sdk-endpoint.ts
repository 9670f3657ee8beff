/**
 * `/mcp` as the SDK serves it, for clients of either era:
 *
 *   2026-07-28      every request carries its own envelope -> a protocol instance for that request alone
 *   2025, session   Mcp-Session-Id, or `initialize`        -> the instance of that session
 *   2025, without   anything else                          -> a protocol instance for that request alone
 *
 * This file and its own imports take a quarter of a second or more to load and 11 MB of memory; `http-endpoint.ts` decides when.
 */
import { randomBytes } from 'node:crypto';

import {
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  legacyStatelessFallback,
  type LegacyHttpHandler,
  type McpHttpHandler,
  type McpRequestContext,
  type McpServer,
} from '@modelcontextprotocol/server';

import type { ActiveCredentials } from '../../../access/active-credentials.ts';
import type { Principal } from '../../../access/principal.ts';
import type { SealingSecrets } from '../../../access/sealing-secrets.ts';
import type { SharedSessions } from '../../../cluster/shared/shared-sessions.ts';
import { principalOf, toAuthInfo, type TransportExtra } from '../handoff/request-extra.ts';
import { ACCEPTS_BOTH, acceptsJson, acceptsStream } from '../protocol/accept.ts';
import type { JsonObject } from '../protocol/json-object.ts';
import type { ProtocolDependencies } from '../protocol/protocol-dependencies.ts';
import { rpcError } from '../protocol/rpc-error.ts';
import { inOwnWords, type SdkError } from '../protocol/sdk-error-text.ts';
import { listensToTasks } from '../protocol/task-filter.ts';
import { StreamQuota } from '../protocol/stream-quota.ts';
import type { ChangeNotifier } from './connection/change-notifier.ts';
import { FollowedResources, listenedUris } from './connection/followed-resources.ts';
import { createProtocolServer } from './protocol-server/protocol-server.ts';
import { createSharedDependencies } from './connection/protocol-server-dependencies.ts';
import { jsonFromStream } from './json-from-stream.ts';
import { invalidClientMembers, invalidParams } from './request-params.ts';
import type { ResourceCatalog } from './connection/resource-catalog.ts';
import { noSessions, notAcceptable, sessionNeeded } from './sessions/session-responses.ts';
import { Sessions, type SessionLimits } from './sessions/sessions.ts';
import { StreamBus } from './stream-bus.ts';
import { whenEnded } from './sessions/stream-end.ts';
import { openTaskStream } from './task-stream.ts';

export interface SdkEndpointOptions extends ProtocolDependencies {
  readonly notifier: ChangeNotifier;
  readonly callers: ActiveCredentials;
  /** `none`: 2025-era clients get no session id and no stream. @default 'sealed' */
  readonly sessions?: 'sealed' | 'none';
  /** They seal session ids and input rounds. @default 32 random bytes: both end with the process */
  readonly secrets?: SealingSecrets;
  readonly sessionLimits?: SessionLimits;
  /** Sessions that are shared with other servers. */
  readonly sharedSessions?: SharedSessions | undefined;
  /** Shared with the subscription streams. @default a quota of its own */
  readonly quota?: StreamQuota;
}

export class SdkEndpoint {
  readonly sessions: Sessions | undefined;
  readonly #dependencies: ProtocolDependencies;
  readonly #resources: ResourceCatalog;
  readonly #streams: StreamBus;
  readonly #modern: McpHttpHandler;
  readonly #stateless: LegacyHttpHandler;

  /** @throws {Error} for resources that cannot be registered */
  constructor(options: SdkEndpointOptions) {
    const { secrets = [randomBytes(32)] } = options;
    this.#dependencies = options;
    const dependencies = createSharedDependencies(options, secrets);
    this.#resources = dependencies.resources;
    this.#streams = new StreamBus(options.notifier);
    const factory = ({ authInfo, era }: McpRequestContext): McpServer => {
      const principal = principalOf(authInfo);
      if (!principal) throw new Error('A protocol instance was requested without a caller.');
      const { mcpServer } = createProtocolServer(dependencies, { principal, era });
      mcpServer.server.onerror = options.onError;
      return mcpServer;
    };
    this.#modern = createMcpHandler(factory, { legacy: 'reject', onerror: options.onError, bus: this.#streams });
    this.#stateless = legacyStatelessFallback(factory);
    if (options.sessions === 'none') return;
    const { notifier, callers, sessionLimits: limits, sharedSessions: shared } = options;
    const { quota = new StreamQuota() } = options;
    this.sessions = new Sessions({
      ...dependencies,
      notifier,
      callers,
      quota,
      secrets,
      ...(limits && { limits }),
      ...(shared && { shared }),
    });
  }

  async handle(request: Request, body: unknown, principal: Principal, extra: TransportExtra = {}): Promise<Response> {
    const invalid = rejectedParams(body);
    if (invalid) return invalid;
    return withOwnWords(await this.#answer(request, body, principal, extra), request.headers);
  }

  async #answer(request: Request, body: unknown, principal: Principal, extra: TransportExtra): Promise<Response> {
    if (await isLegacyRequest(request, body)) {
      return this.#handleLegacy(request, body, principal, extra);
    }
    const fetch = (message: unknown): Promise<Response> =>
      this.#modern.fetch(request, { parsedBody: message, authInfo: toAuthInfo({ ...extra, principal }) });
    const message = body as JsonObject;
    return message['method'] === 'subscriptions/listen' ? this.#listen(message, principal, fetch) : fetch(body);
  }

  async #listen(
    message: JsonObject,
    principal: Principal,
    fetch: (message: unknown) => Promise<Response>,
  ): Promise<Response> {
    const listen = (given: JsonObject): Promise<Response> => this.#streams.open(principal, () => fetch(given));
    const followed = new FollowedResources((uri) => this.#resources.follow(uri, principal));
    for (const uri of listenedUris(message['params'])) followed.add(uri);
    const end = (): void => followed[Symbol.dispose]();
    try {
      const dependencies = this.#dependencies;
      const response = listensToTasks(message)
        ? await openTaskStream({ dependencies, message, principal, listen })
        : await listen(message);
      return whenEnded(response, end);
    } catch (error) {
      end();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#modern.close(), this.sessions?.close()]);
  }

  /** The SDK looks for the two media types in the text of the Accept header; what the header means is decided here. */
  async #handleLegacy(request: Request, body: unknown, principal: Principal, extra: TransportExtra): Promise<Response> {
    const accept = request.headers.get('accept');
    const takesStream = acceptsStream(accept);
    if (request.method === 'GET' && !takesStream) return notAcceptable('text/event-stream');
    if (request.method !== 'POST') return this.#answerLegacy(withAccept(request), body, principal, extra);
    if (!takesStream && !acceptsJson(accept)) return notAcceptable(ACCEPTS_BOTH);
    const response = await this.#answerLegacy(withAccept(request), body, principal, extra);
    return takesStream ? response : jsonFromStream(response, request.signal);
  }

  async #answerLegacy(request: Request, body: unknown, principal: Principal, extra: TransportExtra): Promise<Response> {
    const { sessions } = this;
    const initialize = isInitializeRequest(body) ? body : undefined;
    if (sessions) {
      // A client that connects again may send it with the id of its last session, which may be gone or still open.
      if (initialize) return sessions.open(request, initialize, principal);
      const id = request.headers.get('mcp-session-id');
      if (id !== null) return sessions.handle(id, request, body, principal, extra);
    }
    if (request.method !== 'POST') return sessions ? sessionNeeded(request.method) : noSessions();
    const authInfo = toAuthInfo({ ...extra, principal });
    return this.#stateless(request, { ...(body !== undefined && { parsedBody: body }), authInfo });
  }
}

/** What the SDK rejects before a request is handled. */
async function withOwnWords(response: Response, headers: Headers): Promise<Response> {
  if (response.status !== 400 || !response.headers.get('content-type')?.startsWith('application/json')) return response;
  const body = (await response.json()) as { readonly error: SdkError };
  const sent = new Headers(response.headers);
  sent.delete('content-length');
  return Response.json({ ...body, error: inOwnWords(body.error, headers) }, { status: 400, headers: sent });
}

/** In-band, as the SDK answers what a handler throws; with 400 what describes the client, as the SDK does. */
function rejectedParams(body: unknown): Response | undefined {
  if (typeof body !== 'object' || body === null || !('id' in body)) return undefined;
  const client = invalidClientMembers(body);
  if (client) return rpcError(400, client.code, client.message, body.id as string | number);
  const error = invalidParams(body);
  return error && Response.json({ jsonrpc: '2.0', id: body.id, error });
}

function withAccept(request: Request): Request {
  const { method, url, signal } = request;
  if (request.headers.get('accept') === ACCEPTS_BOTH || method === 'DELETE') return request;
  const headers = new Headers(request.headers);
  headers.set('accept', ACCEPTS_BOTH);
  return new Request(url, { method, headers, signal });
}
