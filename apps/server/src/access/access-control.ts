import { ConfigVetoError } from '@mcp/config';

import type { ServerConfig } from '../configuration/shape/server-config.ts';
import type { Rejection } from '../foundation/problem-details.ts';
import { ApiKeys, guessableKeys, singleKey, type HashedKeyEntry, type PlainKeyEntry } from './api-keys.ts';
import {
  createAuthenticator,
  isActive,
  type Authenticator,
  type AuthResult,
  type Credentials,
} from './authenticator.ts';
import type { ActiveCredentials } from './active-credentials.ts';
import { loadOrCreateGeneratedKey, readGeneratedKey, type GeneratedKey } from './generated-key.ts';
import type { KeyOrigin } from './key-origin.ts';
import { defaultKeyStore, digestOf, readKeyStore } from './key-store.ts';
import { protectedResourceMetadata, protectedResourceMetadataUrl, resourceUrl } from './protected-resource.ts';
import type { Principal, Scope } from './principal.ts';
import { toolScopesOf } from './tool-scopes.ts';

/** The authenticator of the current configuration; a reload replaces it between two requests. */
export class AccessControl implements Authenticator, ActiveCredentials {
  readonly #listeners = new Set<() => void>();
  #values: ServerConfig;
  #current: BuiltAccess;
  #listensAt: string | undefined;

  /**
   * @throws {GeneratedKeyError} when a key must be generated and cannot be stored
   * @throws {KeyStoreError} when the key store cannot be used
   */
  constructor(values: ServerConfig) {
    this.#values = values;
    this.#current = build(values, loadOrCreateGeneratedKey);
  }

  get keyOrigin(): KeyOrigin {
    return this.#current.origin;
  }

  /** The RFC 9728 document, when a JWT issuer is configured. */
  get resourceMetadata(): object | undefined {
    return this.#current.resourceMetadata;
  }

  /** The file of the key store; undefined while no key is needed. */
  get keyStore(): string | undefined {
    return needsNoKey(this.#values) ? undefined : keyStoreOf(this.#values);
  }

  /**
   * Reads the key store again.
   *
   * @throws {Error} that says why it cannot be used; the keys so far stay valid
   */
  reloadKeys(): void {
    this.apply(this.#values);
  }

  /** Clients that need a token are sent there, unless the audience of tokens is the URL that they use. */
  listensAt(url: string): void {
    this.#listensAt = url;
    if (this.resourceMetadata !== undefined) this.apply(this.#values);
  }

  apply(values: ServerConfig): void {
    this.#current = build(values, loadOrCreateGeneratedKey, { before: this.credentials, listensAt: this.#listensAt });
    this.#values = values;
    for (const listener of this.#listeners) listener();
  }

  get credentials(): Credentials | undefined {
    return this.#current.authenticator.credentials;
  }

  has(principal: Principal): boolean {
    return isActive(this.credentials, principal);
  }

  expiresAtMs(principal: Principal): number | undefined {
    return this.credentials?.keys.expiresAtMs(principal) ?? this.credentials?.jwt?.expiresAtMs(principal);
  }

  onChanged(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  authenticate(authorization: string | undefined, connection?: object): AuthResult | Promise<AuthResult> {
    return this.#current.authenticator.authenticate(authorization, connection);
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
  values: ServerConfig,
  createKey: () => GeneratedKey,
  { before, listensAt }: { readonly before?: Credentials | undefined; readonly listensAt?: string | undefined } = {},
): BuiltAccess {
  const { security } = values;
  const { jwt } = security;
  const configured = security.apiKey !== undefined || security.apiKeys.length > 0 || jwt !== undefined;
  const open = needsNoKey(values);
  const stored = open ? [] : storedKeys(keyStoreOf(values));
  // A key that was generated earlier stays valid beside those of the key store.
  const generateKey = stored.length > 0 ? readGeneratedKey : createKey;
  const generated = !open && !configured ? generateKey() : undefined;
  const resource = jwt && resourceUrl(values, listensAt);
  const authenticator = createAuthenticator(
    {
      auth: open ? 'none' : 'required',
      apiKey: security.apiKey?.reveal() ?? generated?.key,
      apiKeys: [...configuredKeys(security), ...stored],
      ...(jwt && { jwt }),
      toolScopes: toolScopesOf(values.tools),
      ...(resource !== undefined && { resourceMetadata: protectedResourceMetadataUrl(resource) }),
    },
    before,
  );
  return {
    authenticator,
    origin: originOf(open, generated),
    resourceMetadata:
      jwt && resource !== undefined
        ? protectedResourceMetadata(resource, jwt.issuer, new Set(toolScopesOf(values.tools).values()))
        : undefined,
  };
}

/** Over stdio the only caller is the process that started this one; only a listener needs a key. */
function needsNoKey({ security, server, metrics }: ServerConfig): boolean {
  const listens = server.transport === 'http' || metrics.prometheusPort !== undefined;
  return security.auth === 'none' || !listens;
}

/** The file of the key store for this configuration. */
export function keyStoreOf({ security }: ServerConfig): string {
  return security.keyStore ?? defaultKeyStore();
}

function storedKeys(file: string): HashedKeyEntry[] {
  return readKeyStore(file).map((entry) => ({
    name: entry.name,
    scopes: entry.scopes,
    digest: digestOf(entry),
    expiresAtMs: entry.expiresAt === undefined ? undefined : Date.parse(entry.expiresAt),
  }));
}

function configuredKeys({ apiKeys }: ServerConfig['security']): PlainKeyEntry[] {
  return apiKeys.map(({ name, key, scopes }) => ({ name, key: key.reveal(), scopes }));
}

function allKeys(security: ServerConfig['security']): PlainKeyEntry[] {
  const single = security.apiKey === undefined ? [] : [singleKey(security.apiKey.reveal())];
  return [...single, ...configuredKeys(security)];
}

/** The names of the keys that are short enough to be guessed. */
export function callersWithGuessableKeys({ security }: ServerConfig): string[] {
  return guessableKeys(allKeys(security));
}

/** Names and scopes of the keys in the configuration. */
export function configuredCallers({
  security,
}: ServerConfig): { readonly name: string; readonly scopes: readonly string[] }[] {
  return allKeys(security).map(({ name, scopes }) => ({ name, scopes }));
}

function originOf(open: boolean, generated: GeneratedKey | undefined): KeyOrigin {
  if (open) return { kind: 'none' };
  if (!generated) return { kind: 'configured' };
  const { created, key, file } = generated;
  return created ? { kind: 'generated', value: key, file } : { kind: 'kept', file };
}
