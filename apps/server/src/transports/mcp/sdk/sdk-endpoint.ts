/**
 * `/mcp` as the SDK serves it, for clients of either era:
 *
 *   2026-07-28      every request carries its own envelope -> a protocol instance for that request alone
 *   2025, session   Mcp-Session-Id, or `initialize`        -> the instance of that session
 *   2025, without   anything else                          -> a protocol instance for that request alone
 *
 * This file and what only it imports take a quarter of a second and more to load and 11 MB to keep: `http-endpoint.ts` says when.
 */
import {
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  legacyStatelessFallback,
  type AuthInfo,
  type LegacyHttpHandler,
  type McpHttpHandler,
  type McpRequestContext,
  type McpServer,
} from '@modelcontextprotocol/server';

import type { ActiveCredentials } from '../../../access/active-credentials.ts';
import type { Principal } from '../../../access/principal.ts';
import type { ProtocolParts } from '../handoff/protocol-context.ts';
import type { ChangeNotifier } from './change-notifier.ts';
import { createProtocolServer } from './protocol-server.ts';
import { completeParts } from './protocol-server-context.ts';
import { Sessions, type SessionLimits } from './sessions.ts';

export interface SdkEndpointOptions extends ProtocolParts {
  readonly notifier: ChangeNotifier;
  readonly callers: ActiveCredentials;
  readonly sessionLimits?: SessionLimits;
  readonly onError: (error: Error) => void;
}

export class SdkEndpoint {
  readonly sessions: Sessions;
  readonly #modern: McpHttpHandler;
  readonly #stateless: LegacyHttpHandler;

  /** @throws Error for resources that cannot be offered */
  constructor(options: SdkEndpointOptions) {
    const parts = completeParts(options);
    const factory = ({ authInfo }: McpRequestContext): McpServer => {
      const { product } = createProtocolServer(parts, { principal: principalOf(authInfo) });
      product.server.onerror = options.onError;
      return product;
    };
    this.#modern = createMcpHandler(factory, { legacy: 'reject', onerror: options.onError });
    this.#stateless = legacyStatelessFallback(factory);
    this.sessions = new Sessions({
      ...parts,
      notifier: options.notifier,
      callers: options.callers,
      onError: options.onError,
      ...(options.sessionLimits && { limits: options.sessionLimits }),
    });
    options.notifier.attachModern(this.#modern.notify);
  }

  async handle(request: Request, body: unknown, principal: Principal): Promise<Response> {
    const authInfo = toAuthInfo(principal);
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

/** The SDK carries who is calling as OAuth data; ours rides along untouched, since we have checked the credential already. */
function toAuthInfo(principal: Principal): AuthInfo {
  return { token: '', clientId: principal.name, scopes: [...principal.scopes], extra: { principal } };
}

function principalOf(authInfo: AuthInfo | undefined): Principal {
  const principal = authInfo?.extra?.['principal'];
  if (!principal) throw new Error('A protocol instance was asked for without a caller.');
  return principal as Principal;
}
