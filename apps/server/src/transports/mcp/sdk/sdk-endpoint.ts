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
import type { SessionEnds } from '../../../cluster/session-ends.ts';
import { principalOf, toAuthInfo, type TransportExtra } from '../handoff/request-extra.ts';
import { ACCEPTS_BOTH, acceptsJsonAndStream, acceptsStream } from '../protocol/accept.ts';
import type { JsonObject } from '../protocol/envelope.ts';
import type { ProtocolDependencies } from '../protocol/protocol-dependencies.ts';
import { rpcError } from '../protocol/rpc-error.ts';
import { listensToTasks } from '../protocol/task-filter.ts';
import { StreamQuota } from '../protocol/stream-quota.ts';
import type { ChangeNotifier } from './change-notifier.ts';
import { createProtocolServer } from './protocol-server.ts';
import { createSharedDependencies } from './protocol-server-dependencies.ts';
import { invalidParams } from './request-params.ts';
import { Sessions, type SessionLimits } from './sessions.ts';
import { openTaskStream } from './task-stream.ts';

export interface SdkEndpointOptions extends ProtocolDependencies {
  readonly notifier: ChangeNotifier;
  readonly callers: ActiveCredentials;
  /** `none`: 2025-era clients get no session id and no stream. @default 'sealed' */
  readonly sessions?: 'sealed' | 'none';
  /** They seal session ids and input rounds. @default 32 random bytes: both end with the process */
  readonly secrets?: SealingSecrets;
  readonly sessionLimits?: SessionLimits;
  /** Shares ended sessions with other servers. */
  readonly sessionEnds?: SessionEnds | undefined;
  /** Shared with the subscription streams. @default a quota of its own */
  readonly quota?: StreamQuota;
}

export class SdkEndpoint {
  readonly sessions: Sessions | undefined;
  readonly #dependencies: ProtocolDependencies;
  readonly #modern: McpHttpHandler;
  readonly #stateless: LegacyHttpHandler;

  /** @throws {Error} for resources that cannot be registered */
  constructor(options: SdkEndpointOptions) {
    const { secrets = [randomBytes(32)] } = options;
    this.#dependencies = options;
    const dependencies = createSharedDependencies(options, secrets);
    const factory = ({ authInfo, era }: McpRequestContext): McpServer => {
      const principal = principalOf(authInfo);
      if (!principal) throw new Error('A protocol instance was requested without a caller.');
      const { mcpServer } = createProtocolServer(dependencies, { principal, era });
      mcpServer.server.onerror = options.onError;
      return mcpServer;
    };
    this.#modern = createMcpHandler(factory, { legacy: 'reject', onerror: options.onError });
    this.#stateless = legacyStatelessFallback(factory);
    options.notifier.attachModern(this.#modern.notify);
    if (options.sessions === 'none') return;
    const { notifier, callers, sessionLimits: limits, sessionEnds } = options;
    const { quota = new StreamQuota() } = options;
    this.sessions = new Sessions({
      ...dependencies,
      notifier,
      callers,
      quota,
      secrets,
      ...(limits && { limits }),
      ...(sessionEnds && { sessionEnds }),
    });
  }

  async handle(request: Request, body: unknown, principal: Principal, extra: TransportExtra = {}): Promise<Response> {
    const invalid = rejectedParams(body);
    if (invalid) return invalid;
    if (await isLegacyRequest(request, body)) {
      return this.#handleLegacy(withKnownAccept(request), body, principal, extra);
    }
    const fetch = (message: unknown): Promise<Response> =>
      this.#modern.fetch(request, { parsedBody: message, authInfo: toAuthInfo({ ...extra, principal }) });
    const message = body as JsonObject;
    return listensToTasks(message)
      ? openTaskStream({ dependencies: this.#dependencies, message, principal, listen: fetch })
      : fetch(body);
  }

  async close(): Promise<void> {
    await Promise.all([this.#modern.close(), this.sessions?.close()]);
  }

  async #handleLegacy(request: Request, body: unknown, principal: Principal, extra: TransportExtra): Promise<Response> {
    const { sessions } = this;
    const initialize = isInitializeRequest(body) ? body : undefined;
    if (sessions) {
      const id = request.headers.get('mcp-session-id');
      // After a restart clients send `initialize` with the id of a session that is gone.
      if (id !== null && (!initialize || sessions.has(id, principal))) {
        return sessions.handle(id, request, body, principal, extra);
      }
      if (initialize) return sessions.open(request, initialize, principal);
    } else if (request.method !== 'POST') {
      return rpcError(405, -32_000, 'This server keeps no sessions: send each message with POST.', null, {
        allow: 'POST',
      });
    }
    const authInfo = toAuthInfo({ ...extra, principal });
    return this.#stateless(request, { ...(body !== undefined && { parsedBody: body }), authInfo });
  }
}

/** In-band, as the SDK answers what a handler throws. */
function rejectedParams(body: unknown): Response | undefined {
  if (typeof body !== 'object' || body === null || !('id' in body)) return undefined;
  const error = invalidParams(body);
  return error && Response.json({ jsonrpc: '2.0', id: body.id, error });
}

/** The SDK looks for the two media types in the text of the header; ranges, weights and an absent header are read here. */
function withKnownAccept(request: Request): Request {
  const { method, url, signal } = request;
  const accept = request.headers.get('accept');
  if (accept === ACCEPTS_BOTH || method === 'DELETE') return request;
  const headers = new Headers(request.headers);
  const accepted = method === 'GET' ? acceptsStream(accept) : acceptsJsonAndStream(accept);
  headers.set('accept', accepted ? ACCEPTS_BOTH : 'none');
  return new Request(url, { method, headers, signal });
}
