/**
 * `/mcp` as the SDK serves it, for clients of either era:
 *
 *   2026-07-28      every request carries its own envelope -> a protocol instance for that request alone
 *   2025, session   Mcp-Session-Id, or `initialize`        -> the instance of that session
 *   2025, without   anything else                          -> a protocol instance for that request alone
 *
 * This file and its own imports take a quarter of a second or more to load and 11 MB of memory; `http-endpoint.ts` decides when.
 */
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
import type { DeferredCall } from '../handoff/deferred-call.ts';
import { principalOf, toAuthInfo } from '../handoff/request-extra.ts';
import type { ProtocolDependencies } from '../protocol/protocol-dependencies.ts';
import type { ChangeNotifier } from './change-notifier.ts';
import { createProtocolServer } from './protocol-server.ts';
import { createSharedDependencies } from './protocol-server-dependencies.ts';
import { invalidParams } from './request-params.ts';
import { Sessions, type SessionLimits } from './sessions.ts';

export interface SdkEndpointOptions extends ProtocolDependencies {
  readonly notifier: ChangeNotifier;
  readonly callers: ActiveCredentials;
  readonly sessionLimits?: SessionLimits;
}

export class SdkEndpoint {
  readonly sessions: Sessions;
  readonly #modern: McpHttpHandler;
  readonly #stateless: LegacyHttpHandler;

  /** @throws {Error} for resources that cannot be registered */
  constructor(options: SdkEndpointOptions) {
    const dependencies = createSharedDependencies(options);
    const factory = ({ authInfo }: McpRequestContext): McpServer => {
      const principal = principalOf(authInfo);
      if (!principal) throw new Error('A protocol instance was requested without a caller.');
      const { mcpServer } = createProtocolServer(dependencies, { principal });
      mcpServer.server.onerror = options.onError;
      return mcpServer;
    };
    this.#modern = createMcpHandler(factory, { legacy: 'reject', onerror: options.onError });
    this.#stateless = legacyStatelessFallback(factory);
    this.sessions = new Sessions({
      ...dependencies,
      notifier: options.notifier,
      callers: options.callers,
      onError: options.onError,
      ...(options.sessionLimits && { limits: options.sessionLimits }),
    });
    options.notifier.attachModern(this.#modern.notify);
  }

  /** @param deferredCall already runs for this `tools/call` request */
  async handle(request: Request, body: unknown, principal: Principal, deferredCall?: DeferredCall): Promise<Response> {
    const authInfo = toAuthInfo({ principal, deferredCall });
    const invalid = rejectedParams(body);
    if (invalid) return invalid;
    if (!(await isLegacyRequest(request, body))) return this.#modern.fetch(request, { parsedBody: body, authInfo });
    const sessionId = request.headers.get('mcp-session-id');
    if (sessionId !== null) return this.sessions.handle(sessionId, request, body, principal, authInfo);
    if (isInitializeRequest(body)) return this.sessions.open(request, body, principal, authInfo);
    return this.#stateless(request, { ...(body !== undefined && { parsedBody: body }), authInfo });
  }

  async close(): Promise<void> {
    await Promise.all([this.#modern.close(), this.sessions.close()]);
  }
}

/** In-band, as the SDK answers what a handler throws. */
function rejectedParams(body: unknown): Response | undefined {
  if (typeof body !== 'object' || body === null || !('id' in body)) return undefined;
  const error = invalidParams(body);
  return error && Response.json({ jsonrpc: '2.0', id: body.id, error });
}
