import { isDeepStrictEqual } from 'node:util';

import { isLoopbackHost } from '@mcp/tool-base';
import type { JWTPayload } from 'jose';

import { systemClock, type Clock } from '../foundation/clock.ts';
import { milliseconds } from '../configuration/settings/milliseconds.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { isScope, type Principal } from './principal.ts';
import { withheldFrom, type ToolScopes } from './tool-scopes.ts';
import { tokenRejectionReason, type TokenRejectionReason } from './token-rejection.ts';

/** `security.jwt`: this server as an OAuth 2.1 resource server. It verifies tokens and never issues or forwards any. */
export interface JwtOptions {
  readonly issuer: string;
  /** The `aud` claim that tokens must have; the URL of the MCP endpoint where the authorization server allows it. */
  readonly audience: string;
  /** URL of the issuer's public keys. https, except on loopback. */
  readonly jwksUri: string;
  /** Scopes that every token must have. @default none */
  readonly requiredScopes?: readonly string[];
  /** @default no tool asks for one */
  readonly toolScopes?: ToolScopes | undefined;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'epochMs' | 'monotonicMs'>;
}

export type TokenVerdict =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly kind: 'invalid'; readonly reason: TokenRejectionReason }
  | { readonly ok: false; readonly kind: 'insufficient_scope' | 'keys_unavailable' };

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
/** Allowed difference between the clocks of the issuer and of this machine. */
const CLOCK_TOLERANCE_S = 5;
const SUBJECT = /^[\x21-\x7e]{1,200}$/;
const THREE_PARTS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

export function looksLikeJwt(token: string): boolean {
  return THREE_PARTS.test(token);
}

export class JwtVerifier {
  readonly #options: JwtOptions;
  readonly #audiences: string[];
  readonly #jwksUri: URL;
  #keys: IssuerKeys | undefined;
  readonly #clock: Pick<Clock, 'epochMs' | 'monotonicMs'>;
  /** The principals of accepted tokens, with the end of their validity in milliseconds since the epoch. */
  readonly #expiries = new WeakMap<Principal, number>();

  /** @throws {Error} when `jwksUri` is not allowed */
  constructor(options: JwtOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#audiences = spellings(options.audience);
    this.#jwksUri = checkedJwksUri(options.jwksUri);
  }

  async verify(token: string): Promise<TokenVerdict> {
    // Loaded with the first token: most servers use API keys only.
    const { errors, jwtVerify } = await import('jose');
    const keys = await this.#issuerKeys();
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, keys.find, {
        issuer: this.#options.issuer,
        audience: this.#audiences,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(this.#clock.epochMs()),
      }));
    } catch (error) {
      const reason = tokenRejectionReason(error, errors);
      return reason === undefined ? { ok: false, kind: 'keys_unavailable' } : { ok: false, kind: 'invalid', reason };
    }
    return this.#accept(payload);
  }

  /** Fetches the keys where that is due. @returns what is wrong with the issuer, and whether tokens can still be checked */
  async checkIssuer(): Promise<{ readonly problem: string | undefined; readonly hasKeys: boolean }> {
    const keys = await this.#issuerKeys();
    await keys.refresh();
    const { ageMs, hasFailed } = keys.state;
    if (!hasFailed) return { problem: undefined, hasKeys: true };
    const problem = keys.areUsable
      ? `The keys of the token issuer cannot be fetched. Those of ${Math.round(ageMs / 60_000)} minutes ago count until they are 60 minutes old. Check security.jwt.jwksUri.`
      : 'The keys of the token issuer cannot be fetched, so every token is answered with 503. Check security.jwt.jwksUri.';
    return { problem, hasKeys: keys.areUsable };
  }

  async #issuerKeys(): Promise<IssuerKeys> {
    const jose = await import('jose');
    this.#keys ??= new IssuerKeys(this.#jwksUri, this.#clock, jose);
    return this.#keys;
  }

  /** Whether this principal comes from a token that this verifier accepted and that has not expired since. */
  has(principal: Principal): boolean {
    return this.#clock.epochMs() < (this.#expiries.get(principal) ?? Number.NEGATIVE_INFINITY);
  }

  /** When the token of this principal expires, in milliseconds since the epoch. */
  expiresAtMs(principal: Principal): number | undefined {
    return this.#expiries.get(principal);
  }

  /** Whether a verifier made of these options would be the same. */
  hasSameOptions(options: JwtOptions): boolean {
    return isDeepStrictEqual(this.#options, options);
  }

  #accept(payload: JWTPayload): TokenVerdict {
    const { sub, exp } = payload;
    // The types of jose say string, but the claim is whatever the issuer wrote.
    if (typeof sub !== 'string' || !SUBJECT.test(sub) || exp === undefined) {
      return { ok: false, kind: 'invalid', reason: 'token_subject_invalid' };
    }
    const granted = grantedScopes(payload);
    if ((this.#options.requiredScopes ?? []).some((scope) => !granted.includes(scope))) {
      return { ok: false, kind: 'insufficient_scope' };
    }
    const scopes = granted.filter(isScope);
    const principal = { name: `jwt:${sub}`, scopes, withheld: withheldFrom(scopes, this.#options.toolScopes) };
    this.#expiries.set(principal, milliseconds(exp + CLOCK_TOLERANCE_S));
    return { ok: true, principal };
  }
}

/** A URL without a path is the same with a slash at its end (RFC 3986 section 6.2.3), and clients that parse it ask for a token with one. */
function spellings(audience: string): string[] {
  const origin = /^https?:/u.test(audience) && URL.canParse(audience) ? new URL(audience).origin : undefined;
  if (origin === undefined || (audience !== origin && audience !== `${origin}/`)) return [audience];
  return [origin, `${origin}/`];
}

/** `scope` as one string (RFC 9068 section 2.2.3), or `scp` as a list or a string, which large vendors send. */
function grantedScopes(payload: JWTPayload): string[] {
  const claim = payload['scope'] ?? payload['scp'];
  const list: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return list.filter((scope) => typeof scope === 'string' && scope !== '') as string[];
}

function checkedJwksUri(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && isLoopbackHost(url.hostname.replaceAll(/[[\]]/g, ''));
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return url;
  throw new Error('security.jwt.jwksUri must be an https URL (http is allowed on loopback only).');
}
