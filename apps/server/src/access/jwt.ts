import { isDeepStrictEqual } from 'node:util';

import type { errors as JoseErrors, JWTPayload, JWTVerifyGetKey } from 'jose';

import { systemClock, type Clock } from '../clock.ts';
import { SCOPES, isScope, type Principal } from './principal.ts';

/** `security.jwt`: this server as an OAuth 2.1 resource server. It verifies tokens and never issues or forwards any. */
export interface JwtOptions {
  readonly issuer: string;
  /** What the tokens must be meant for; the address of the MCP endpoint where the authorization server allows it. */
  readonly audience: string;
  /** Where the issuer's public keys are. https, except on loopback. */
  readonly jwksUri: string;
  /** Scopes that every token must have. @default none */
  readonly requiredScopes?: readonly string[];
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'epochMs'>;
  /** Replaces the keys fetched from `jwksUri`. */
  readonly keys?: JWTVerifyGetKey;
}

export type TokenVerdict =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly reason: 'invalid' | 'insufficient_scope' | 'keys_unavailable' };

/** No symmetric algorithm and no `none`: a public key must never be taken for a shared secret (RFC 8725 section 3.1). */
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

  /** @throws Error when an address is not usable */
  constructor(options: JwtOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#jwksUri = checkedJwksUri(options.jwksUri);
    this.#keys = options.keys;
  }

  async verify(token: string): Promise<TokenVerdict> {
    // Loaded with the first token: most servers know API keys only.
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

  /** Whether this principal came from a token that was verified here. */
  has(principal: Principal): boolean {
    return this.#verified.has(principal);
  }

  /** Whether these options would make the same judge of tokens. */
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

// What the token itself did wrong has a code of its own; everything else means that the keys could not be fetched or read.
function keysUnavailable(error: unknown, errors: typeof JoseErrors): boolean {
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return false;
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error instanceof errors.JWKInvalid)
    return true;
  return !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC';
}

function checkedJwksUri(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return url;
  throw new Error('security.jwt.jwksUri must be an https address (http only on loopback).');
}

/** Protected-resource metadata (RFC 9728 section 2). */
export interface ProtectedResourceMetadata {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
  readonly scopes_supported: readonly string[];
  readonly bearer_methods_supported: readonly string[];
  readonly resource_name: string;
}

/** @param resource absolute address of the MCP endpoint as clients use it, for example `https://tools.example.com/mcp` */
export function protectedResourceMetadata(resource: string, issuer: string): ProtectedResourceMetadata {
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: SCOPES,
    bearer_methods_supported: ['header'],
    resource_name: 'mcp-server',
  };
}

/** The well-known name goes between host and path (RFC 9728 section 3.1). */
export function protectedResourceMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`;
}
