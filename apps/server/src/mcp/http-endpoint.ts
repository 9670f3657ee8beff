/**
 * `/mcp`, for clients of either era:
 *
 *   2026-07-28      every request carries its own envelope -> a protocol instance for that request alone
 *   2025, session   Mcp-Session-Id, or `initialize`        -> the instance of that session
 *   2025, without   anything else                          -> a protocol instance for that request alone
 *
 * Plain requests of either era are answered by the fast lane before any of that.
 */
import {
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  legacyStatelessFallback,
  type AuthInfo,
  type McpHttpHandler,
  type McpRequestContext,
  type LegacyHttpHandler,
  type McpServer,
} from '@modelcontextprotocol/server';

import type { Principal } from '../access/principal.ts';
import type { ChangeNotifier } from './change-notifier.ts';
import type { FastAnswer } from './fast-lane-answer.ts';
import { FastLane, type Exchange } from './fast-lane.ts';
import { createProtocolServer, type ProtocolServerParts } from './protocol-server.ts';
import { Sessions, type SessionLimits } from './sessions.ts';

export interface HttpEndpointOptions extends ProtocolServerParts {
  readonly notifier: ChangeNotifier;
  readonly sessionLimits?: SessionLimits;
  readonly onError: (error: Error) => void;
}

export class McpHttpEndpoint {
  readonly #modern: McpHttpHandler;
  readonly #stateless: LegacyHttpHandler;
  readonly #sessions: Sessions;
  readonly #fastLane: FastLane;

  constructor(options: HttpEndpointOptions) {
    const factory = ({ authInfo }: McpRequestContext): McpServer => {
      const { product } = createProtocolServer(options, { principal: principalOf(authInfo) });
      product.server.onerror = options.onError;
      return product;
    };
    this.#modern = createMcpHandler(factory, { legacy: 'reject', onerror: options.onError });
    this.#stateless = legacyStatelessFallback(factory);
    this.#sessions = new Sessions({ ...options, ...(options.sessionLimits && { limits: options.sessionLimits }) });
    this.#fastLane = new FastLane({
      ...options,
      sessions: this.#sessions,
      sdk: ({ request, body, principal }) => this.handle(request(), body, principal),
    });
    options.notifier.attachModern(this.#modern.notify);
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** A POST with a JSON-RPC message in it. */
  post(exchange: Exchange): FastAnswer | Promise<FastAnswer | Response> {
    return this.#fastLane.serve(exchange);
  }

  /**
   * The SDK's way, for every method of HTTP.
   *
   * @param request headers and signal are read, its body never
   * @param body the parsed JSON body of a POST, `undefined` for GET and DELETE
   */
  async handle(request: Request, body: unknown, principal: Principal): Promise<Response> {
    const authInfo = toAuthInfo(principal);
    if (!(await isLegacyRequest(request, body))) return this.#modern.fetch(request, { parsedBody: body, authInfo });
    const sessionId = request.headers.get('mcp-session-id');
    if (sessionId !== null) return this.#sessions.handle(sessionId, request, body, principal, authInfo);
    if (isInitializeRequest(body)) return this.#sessions.open(request, body, principal, authInfo);
    return this.#stateless(request, { ...(body !== undefined && { parsedBody: body }), authInfo });
  }

  async close(): Promise<void> {
    await Promise.all([this.#modern.close(), this.#sessions.close()]);
  }
}

/** The SDK carries who is calling as OAuth data; ours rides along untouched, since we have checked the credential already. */
function toAuthInfo(principal: Principal): AuthInfo {
  return { token: '', clientId: principal.name, scopes: [...principal.scopes], extra: { principal } };
}

function principalOf(authInfo: AuthInfo | undefined): Principal {
  const principal = authInfo?.extra?.['principal'];
  if (!principal) throw new Error('A protocol instance was asked for without a caller.');
  return principal as Principal;
}
