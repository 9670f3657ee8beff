import { ConfigVetoError } from '@mcp/config';

import type { ServerConfig } from '../configuration/server-config.ts';
import type { Rejection } from '../problem-details.ts';
import { ApiKeys, guessableKeys, singleKey, type ApiKeyEntry } from './api-keys.ts';
import {
  createAuthenticator,
  isActive,
  type Authenticator,
  type AuthResult,
  type Credentials,
} from './authenticator.ts';
import type { ActiveCredentials } from './active-credentials.ts';
import { loadOrCreateGeneratedKey, type GeneratedKey } from './generated-key.ts';
import type { KeyOrigin } from './key-origin.ts';
import { protectedResourceMetadata, protectedResourceMetadataUrl } from './protected-resource.ts';
import type { Principal, Scope } from './principal.ts';

/** The authenticator of the current configuration; a reload replaces it between two requests. */
export class AccessControl implements Authenticator, ActiveCredentials {
  readonly #listeners = new Set<() => void>();
  #current: BuiltAccess;

  /** @throws {GeneratedKeyError} when a key must be generated and cannot be stored */
  constructor(values: ServerConfig) {
    this.#current = build(values, loadOrCreateGeneratedKey);
  }

  get keyOrigin(): KeyOrigin {
    return this.#current.origin;
  }

  /** The RFC 9728 document, when a JWT issuer is configured. */
  get resourceMetadata(): object | undefined {
    return this.#current.resourceMetadata;
  }

  apply(values: ServerConfig): void {
    this.#current = build(values, loadOrCreateGeneratedKey, this.credentials);
    for (const listener of this.#listeners) listener();
  }

  get credentials(): Credentials | undefined {
    return this.#current.authenticator.credentials;
  }

  has(principal: Principal): boolean {
    return isActive(this.credentials, principal);
  }

  expiresAtMs(principal: Principal): number | undefined {
    return this.credentials?.jwt?.expiresAtMs(principal);
  }

  onChanged(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  authenticate(authorization: string | undefined): AuthResult | Promise<AuthResult> {
    return this.#current.authenticator.authenticate(authorization);
  }

  requireScope(principal: Principal, scope: Scope): Rejection | undefined {
    return this.#current.authenticator.requireScope(principal, scope);
  }
}

/**
 * Checks that callers could be authenticated with these values. Creates no key and changes nothing.
 *
 * @throws {ConfigVetoError} when nobody could be authenticated, or a key, scope or address cannot be used
 */
export function checkAccess(values: ServerConfig): void {
  try {
    build(values, () => unusedKey);
    // Over stdio no key is needed, but an invalid one is still an error.
    void new ApiKeys(allKeys(values.security));
  } catch (error) {
    throw new ConfigVetoError([
      { path: ['security'], message: error instanceof Error ? error.message : String(error) },
    ]);
  }
}

/** Placeholder for a generated key while only the other values are checked. */
const unusedKey: GeneratedKey = { key: 'x'.repeat(32), file: '', created: false };

interface BuiltAccess {
  readonly authenticator: Authenticator;
  readonly origin: KeyOrigin;
  readonly resourceMetadata: object | undefined;
}

function build(
  { security, server, metrics }: ServerConfig,
  generateKey: () => GeneratedKey,
  before?: Credentials,
): BuiltAccess {
  const { jwt } = security;
  const configured = security.apiKey !== undefined || security.apiKeys.length > 0 || jwt !== undefined;
  // Over stdio the only caller is the process that started this one; only a listener needs a key.
  const listens = server.transport === 'http' || metrics.prometheusPort !== undefined;
  const open = security.auth === 'none' || !listens;
  const generated = !open && !configured ? generateKey() : undefined;
  const resource = jwt && (URL.canParse(jwt.audience) ? jwt.audience : `http://${server.host}:${server.port}/mcp`);
  const authenticator = createAuthenticator(
    {
      auth: open ? 'none' : 'required',
      apiKey: security.apiKey?.reveal() ?? generated?.key,
      apiKeys: configuredKeys(security),
      ...(jwt && { jwt }),
      ...(resource !== undefined && { resourceMetadata: protectedResourceMetadataUrl(resource) }),
    },
    before,
  );
  return {
    authenticator,
    origin: originOf(open, generated),
    resourceMetadata: jwt && resource !== undefined ? protectedResourceMetadata(resource, jwt.issuer) : undefined,
  };
}

function configuredKeys({ apiKeys }: ServerConfig['security']): ApiKeyEntry[] {
  return apiKeys.map(({ name, key, scopes }) => ({ name, key: key.reveal(), scopes }));
}

function allKeys(security: ServerConfig['security']): ApiKeyEntry[] {
  const single = security.apiKey === undefined ? [] : [singleKey(security.apiKey.reveal())];
  return [...single, ...configuredKeys(security)];
}

/** The names of the keys that are short enough to be guessed. */
export function callersWithGuessableKeys({ security }: ServerConfig): string[] {
  return guessableKeys(allKeys(security));
}

function originOf(open: boolean, generated: GeneratedKey | undefined): KeyOrigin {
  if (open) return { kind: 'none' };
  if (!generated) return { kind: 'configured' };
  const { created, key, file } = generated;
  return created ? { kind: 'generated', value: key, file } : { kind: 'kept', file };
}
