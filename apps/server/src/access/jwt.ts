import { isDeepStrictEqual } from 'node:util';

import type { errors as JoseErrors, JWTPayload, JWTVerifyGetKey } from 'jose';

import { isLoopbackHost } from '@mcp/tool-base';

import { systemClock, type Clock } from '../clock.ts';
import { SCOPES, isScope, type Principal } from './principal.ts';

/** `security.jwt`: this server as an OAuth 2.1 resource server. It verifies tokens and never issues or forwards any. */
export interface JwtOptions {
  readonly issuer: string;
  /** The `aud` claim that tokens must have; the URL of the MCP endpoint where the authorization server allows it. */
  readonly audience: string;
  /** URL of the issuer's public keys. https, except on loopback. */
  readonly jwksUri: string;
  /** Scopes that every token must have. @default none */
  readonly requiredScopes?: readonly string[];
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'epochMs'>;
}

export type TokenVerdict =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly reason: 'invalid' | 'insufficient_scope' | 'keys_unavailable' };

/** No symmetric algorithm and no `none`: a public key must never be used as a shared secret (RFC 8725 section 3.1). */
const ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
];
const SUBJECT = /^[\x21-\x7e]{1,200}$/;
const THREE_PARTS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

export function looksLikeJwt(token: string): boolean {
  return THREE_PARTS.test(token);
}

export class JwtVerifier {
  readonly #options: JwtOptions;
  readonly #jwksUri: URL;
  #keys: JWTVerifyGetKey | undefined;
  readonly #clock: Pick<Clock, 'epochMs'>;
  readonly #verified = new WeakSet<Principal>();

  /** @throws {Error} when `jwksUri` is not allowed */
  constructor(options: JwtOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#jwksUri = checkedJwksUri(options.jwksUri);
  }

  async verify(token: string): Promise<TokenVerdict> {
    // Loaded with the first token: most servers use API keys only.
    const { createRemoteJWKSet, errors, jwtVerify } = await import('jose');
    // One fetch for all callers, cached ten minutes, at most one refetch for an unknown key id in 30 seconds.
    this.#keys ??= createRemoteJWKSet(this.#jwksUri, { timeoutDuration: 5_000, cooldownDuration: 30_000 });
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, this.#keys, {
        issuer: this.#options.issuer,
        audience: this.#options.audience,
        algorithms: ALGORITHMS,
        clockTolerance: 5,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(this.#clock.epochMs()),
      }));
    } catch (error) {
      return { ok: false, reason: keysUnavailable(error, errors) ? 'keys_unavailable' : 'invalid' };
    }
    if (!SUBJECT.test(payload.sub ?? '')) return { ok: false, reason: 'invalid' };
    const granted = grantedScopes(payload);
    if ((this.#options.requiredScopes ?? []).some((scope) => !granted.includes(scope))) {
      return { ok: false, reason: 'insufficient_scope' };
    }
    const principal = { name: `jwt:${payload.sub}`, scopes: granted.filter(isScope) };
    this.#verified.add(principal);
    return { ok: true, principal };
  }

  /** Whether this principal comes from a token that this verifier accepted. */
  has(principal: Principal): boolean {
    return this.#verified.has(principal);
  }

  /** Whether a verifier made of these options would be the same. */
  hasSameOptions(options: JwtOptions): boolean {
    return isDeepStrictEqual(this.#options, options);
  }
}

/** `scope` as one string (RFC 9068 section 2.2.3), or `scp` as a list or a string, which large vendors send. */
function grantedScopes(payload: JWTPayload): string[] {
  const claim = payload['scope'] ?? payload['scp'];
  const list: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return list.filter((scope) => typeof scope === 'string' && scope !== '') as string[];
}

// Errors of the token have codes of their own; any other error means that the keys could not be fetched or read.
function keysUnavailable(error: unknown, errors: typeof JoseErrors): boolean {
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return false;
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error instanceof errors.JWKInvalid)
    return true;
  return !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC';
}

function checkedJwksUri(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && isLoopbackHost(url.hostname.replaceAll(/[[\]]/g, ''));
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return url;
  throw new Error('security.jwt.jwksUri must be an https URL (http is allowed on loopback only).');
}

/** Protected-resource metadata (RFC 9728 section 2). */
export interface ProtectedResourceMetadata {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
  readonly scopes_supported: readonly string[];
  readonly bearer_methods_supported: readonly string[];
  readonly resource_name: string;
}

/** @param resource absolute URL of the MCP endpoint as clients use it, for example `https://tools.example.com/mcp` */
export function protectedResourceMetadata(resource: string, issuer: string): ProtectedResourceMetadata {
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: SCOPES,
    bearer_methods_supported: ['header'],
    resource_name: 'mcp-server',
  };
}

/** The well-known path comes before the path of the resource (RFC 9728 section 3.1). */
export function protectedResourceMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`;
}
