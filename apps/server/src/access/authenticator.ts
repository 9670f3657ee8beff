/** Authenticates the Authorization header: returns the principal, or the rejection to send. Tokens do not leave this file. */
import type { Rejection } from '../foundation/problem-details.ts';
import { ApiKeys, singleKey, type ApiKeyEntry } from './api-keys.ts';
import { createAuthRejections, type AuthRejections } from './auth-rejections.ts';
import { JwtVerifier, looksLikeJwt, type JwtOptions, type TokenVerdict } from './jwt.ts';
import type { ToolScopes } from './tool-scopes.ts';
import { hasScope, localPrincipal, type Principal, type Scope } from './principal.ts';

export type AuthResult = { readonly ok: true; readonly principal: Principal } | Rejection;

export interface AuthenticatorOptions {
  /** `security.auth`. With `none` every caller is `anonymous` with every scope, which the configuration allows on loopback only. */
  readonly auth: 'required' | 'none';
  /** `security.apiKey`, or the generated key. */
  readonly apiKey?: string | undefined;
  readonly apiKeys?: readonly ApiKeyEntry[];
  readonly jwt?: JwtOptions | undefined;
  /** @default no tool asks for one */
  readonly toolScopes?: ToolScopes | undefined;
  /** URL of the protected-resource metadata, sent in rejections when `jwt` is set. */
  readonly resourceMetadata?: string | undefined;
}

export interface Authenticator {
  /** Returns a promise (which never rejects) only for a JWT. API keys are checked synchronously. */
  /** @param connection that the header came on: its next request with the same header is not hashed again */
  authenticate(authorization: string | undefined, connection?: object): AuthResult | Promise<AuthResult>;
  /** Rejects with 403 when the principal lacks the scope of the route. */
  requireScope(principal: Principal, scope: Scope): Rejection | undefined;
  /** The keys and the issuer that requests are checked against; undefined when authentication is off. */
  readonly credentials: Credentials | undefined;
}

export interface Credentials {
  readonly keys: ApiKeys;
  readonly jwt: JwtVerifier | undefined;
}

// RFC 6750 section 2.1; the scheme name is case-insensitive (RFC 9110 section 11.1).
const BEARER = /^bearer +(?<token>[\x21-\x7e]+)$/i;

/** `${KEY}`, `${input:key}`, `$KEY`, `%KEY%`, `{{key}}`, `<key>`, or anything in quotes: what clients send when nothing was filled in. */
const NOT_EXPANDED = /^(?:\$\{.*\}|\$[A-Za-z_]\w*|%\w+%|\{\{.*\}\}|<[^<>]*>|"[^"]*"|'[^']*')$/;

/**
 * @param before the credentials so far; principals whose credential has not changed stay the same objects
 * @throws {Error} when nobody could authenticate, or a key, scope or address is invalid
 */
export function createAuthenticator(options: AuthenticatorOptions, before?: Credentials): Authenticator {
  const metadata = options.jwt === undefined ? undefined : options.resourceMetadata;
  const rejections = createAuthRejections(metadata);
  const credentials = options.auth === 'none' ? undefined : credentialsOf(options, before);
  const authenticate = credentials ? bearer(credentials, rejections) : anonymous;
  return {
    authenticate,
    credentials,
    requireScope: (principal, scope) => (hasScope(principal, scope) ? undefined : rejections.scope(scope)),
  };
}

const anonymousPrincipal = localPrincipal('anonymous');
const anonymousResult: AuthResult = { ok: true, principal: anonymousPrincipal };
const anonymous: Authenticator['authenticate'] = () => anonymousResult;

/** Whether the credential behind this principal is one of these. */
export function isActive(credentials: Credentials | undefined, principal: Principal): boolean {
  if (!credentials) return principal === anonymousPrincipal;
  return credentials.keys.has(principal) || credentials.jwt?.has(principal) === true;
}

function credentialsOf(options: AuthenticatorOptions, before: Credentials | undefined): Credentials {
  const single = options.apiKey === undefined ? [] : [singleKey(options.apiKey)];
  const { toolScopes } = options;
  const keys = new ApiKeys([...single, ...(options.apiKeys ?? [])], before?.keys, undefined, toolScopes);
  const tokens = options.jwt && { ...options.jwt, toolScopes };
  const jwt = tokens && (before?.jwt?.hasSameOptions(tokens) ? before.jwt : new JwtVerifier(tokens));
  if (keys.size === 0 && jwt === undefined) {
    throw new Error('Authentication is required but no API key and no JWT issuer is configured, so nobody could call.');
  }
  return { keys, jwt };
}

/** What a connection has sent last, if it was a key that does not expire. */
interface RememberedKey {
  readonly authorization: string;
  readonly result: AuthResult;
}

function bearer({ keys, jwt }: Credentials, rejections: AuthRejections): Authenticator['authenticate'] {
  // Of these keys only: other keys make another authenticator, which remembers nothing.
  const remembered = new WeakMap<object, RememberedKey>();
  return (authorization, connection) => {
    if (authorization === undefined) return rejections.missing;
    const known = connection && remembered.get(connection);
    if (known !== undefined && known.authorization === authorization) return known.result;
    const token = BEARER.exec(authorization)?.groups?.['token'];
    if (token === undefined) return rejections.malformed;
    const principal = keys.find(token);
    if (principal !== undefined) {
      const result: AuthResult = { ok: true, principal };
      // A key that expires is looked up each time, and so is every token.
      if (connection && keys.expiresAtMs(principal) === undefined)
        remembered.set(connection, { authorization, result });
      return result;
    }
    const keyName = keys.findExpired(token);
    if (keyName !== undefined) return rejections.expired(keyName);
    if (NOT_EXPANDED.test(token)) return rejections.notExpanded;
    if (jwt === undefined || !looksLikeJwt(token)) return rejections.invalid;
    return jwt.verify(token).then((verdict) => (verdict.ok ? verdict : rejectionOfToken(verdict, rejections)));
  };
}

function rejectionOfToken(verdict: TokenVerdict & { ok: false }, rejections: AuthRejections): Rejection {
  switch (verdict.kind) {
    case 'invalid':
      return { ...rejections.invalid, reason: verdict.reason };
    case 'insufficient_scope':
      return rejections.scope();
    case 'keys_unavailable':
      return rejections.keysUnavailable;
  }
}
