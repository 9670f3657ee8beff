import { ConfigVeto, type ServerConfig } from '@mcp/config';

import { createGuardPolicy } from '../http/guard.ts';
import type { Refusal } from '../http/problem.ts';
import { createAuthenticator, type Authenticator, type AuthResult } from './authenticator.ts';
import { loadOrCreateGeneratedKey } from './generated-key.ts';
import { protectedResourceMetadata, protectedResourceMetadataUrl } from './jwt.ts';
import type { Principal, Scope } from './principal.ts';

/** Where the key that callers use comes from, for the operator at the terminal. */
export type KeyOrigin =
  | { readonly kind: 'generated'; readonly value: string; readonly file: string }
  | { readonly kind: 'kept'; readonly file: string }
  | { readonly kind: 'configured' }
  | { readonly kind: 'none' };

/** The authenticator of the current configuration; a reload replaces it between two requests. */
export class AccessControl implements Authenticator {
  #current: BuiltAccess;

  /** @throws GeneratedKeyError when a key is needed and cannot be kept */
  constructor(values: ServerConfig) {
    this.#current = build(values);
  }

  get keyOrigin(): KeyOrigin {
    return this.#current.origin;
  }

  /** The RFC 9728 document, when a JWT issuer is configured. */
  get resourceMetadata(): object | undefined {
    return this.#current.resourceMetadata;
  }

  /** @throws ConfigVeto when nobody could be authenticated, or a list could never match */
  check(values: ServerConfig): void {
    try {
      build(values);
      const { allowedHosts, allowedOrigins } = values.security;
      createGuardPolicy({ host: values.server.host, port: values.server.port, allowedHosts, allowedOrigins });
    } catch (error) {
      throw new ConfigVeto([{ path: ['security'], message: error instanceof Error ? error.message : String(error) }]);
    }
  }

  apply(values: ServerConfig): void {
    this.#current = build(values);
  }

  authenticate(authorization: string | undefined): AuthResult | Promise<AuthResult> {
    return this.#current.authenticator.authenticate(authorization);
  }

  requireScope(principal: Principal, scope: Scope): Refusal | undefined {
    return this.#current.authenticator.requireScope(principal, scope);
  }

  requireTool(principal: Principal, tool: string): Refusal | undefined {
    return this.#current.authenticator.requireTool(principal, tool);
  }
}

interface BuiltAccess {
  readonly authenticator: Authenticator;
  readonly origin: KeyOrigin;
  readonly resourceMetadata: object | undefined;
}

function build({ security, server, metrics }: ServerConfig): BuiltAccess {
  const { jwt } = security;
  const configured = security.apiKey !== undefined || security.apiKeys.length > 0 || jwt !== undefined;
  // Over stdio the only caller is the process that started this one; only a listener needs a key.
  const listens = server.transport === 'http' || metrics.prometheusPort !== undefined;
  const open = security.auth === 'none' || !listens;
  const generated = !open && !configured ? loadOrCreateGeneratedKey() : undefined;
  const resource = jwt && (URL.canParse(jwt.audience) ? jwt.audience : `http://${server.host}:${server.port}/mcp`);
  const authenticator = createAuthenticator({
    auth: open ? 'none' : 'required',
    apiKey: security.apiKey?.reveal() ?? generated?.key,
    apiKeys: security.apiKeys.map(({ name, key, scopes }) => ({ name, key: key.reveal(), scopes })),
    ...(jwt && { jwt }),
    ...(resource !== undefined && { resourceMetadata: protectedResourceMetadataUrl(resource) }),
  });
  return {
    authenticator,
    origin: originOf(open, generated),
    resourceMetadata: jwt && resource !== undefined ? protectedResourceMetadata(resource, jwt.issuer) : undefined,
  };
}

function originOf(open: boolean, generated: ReturnType<typeof loadOrCreateGeneratedKey> | undefined): KeyOrigin {
  if (open) return { kind: 'none' };
  if (!generated) return { kind: 'configured' };
  const { created, key, file } = generated;
  return created ? { kind: 'generated', value: key, file } : { kind: 'kept', file };
}
