/** Authorization header -> who is calling, or the refusal to send. The token goes no further than this file. */
import { refuse, type Refusal } from '../problem-details.ts';
import { ApiKeys, singleKey, type ApiKeyEntry } from './api-keys.ts';
import { bearerChallenge, type BearerChallenge } from './bearer-challenge.ts';
import { JwtVerifier, looksLikeJwt, type JwtOptions, type TokenVerdict } from './jwt.ts';
import { hasScope, localPrincipal, type Principal, type Scope } from './principal.ts';

export type AuthResult = { readonly ok: true; readonly principal: Principal } | Refusal;

export interface AuthenticatorOptions {
  /** `security.auth`. With `none` everyone is `anonymous` with every scope; off loopback the server must refuse to start so. */
  readonly auth: 'required' | 'none';
  /** `security.apiKey`, or the generated key. */
  readonly apiKey?: string | undefined;
  readonly apiKeys?: readonly ApiKeyEntry[];
  readonly jwt?: JwtOptions | undefined;
  /** Address of the protected-resource metadata, named in refusals when `jwt` is set. */
  readonly resourceMetadata?: string | undefined;
}

export interface Authenticator {
  /** At once for API keys; a promise (that never rejects) only where a JWT has to be verified. */
  authenticate(authorization: string | undefined): AuthResult | Promise<AuthResult>;
  /** Refuses with 403 when the principal lacks the scope of the route. */
  requireScope(principal: Principal, scope: Scope): Refusal | undefined;
  /** What the credentials are checked against; undefined where none is asked for. */
  readonly credentials: Credentials | undefined;
}

export interface Credentials {
  readonly keys: ApiKeys;
  readonly jwt: JwtVerifier | undefined;
}

// RFC 6750 section 2.1; the scheme name is case-insensitive (RFC 9110 section 11.1).
const BEARER = /^bearer +(?<token>[\x21-\x7e]+)$/i;

/**
 * @param before the credentials until now: callers whose credential has not changed stay the same objects
 * @throws Error when nothing could ever authenticate, or a key, scope or address is unusable
 */
export function createAuthenticator(options: AuthenticatorOptions, before?: Credentials): Authenticator {
  const metadata = options.jwt === undefined ? undefined : options.resourceMetadata;
  const refusals = createRefusals(metadata);
  const credentials = options.auth === 'none' ? undefined : credentialsOf(options, before);
  const authenticate = credentials ? bearer(credentials, refusals) : anonymous;
  return {
    authenticate,
    credentials,
    requireScope: (principal, scope) => (hasScope(principal, scope) ? undefined : refusals.scope(scope)),
  };
}

const anyone = localPrincipal('anonymous');
const letIn: AuthResult = { ok: true, principal: anyone };
const anonymous: Authenticator['authenticate'] = () => letIn;

/** Whether the credential behind this principal is among these. */
export function holds(credentials: Credentials | undefined, principal: Principal): boolean {
  if (!credentials) return principal === anyone;
  return credentials.keys.holds(principal) || credentials.jwt?.holds(principal) === true;
}

function credentialsOf(options: AuthenticatorOptions, before: Credentials | undefined): Credentials {
  const single = options.apiKey === undefined ? [] : [singleKey(options.apiKey)];
  const keys = new ApiKeys([...single, ...(options.apiKeys ?? [])], before?.keys);
  const jwt = options.jwt && (before?.jwt?.isMadeOf(options.jwt) ? before.jwt : new JwtVerifier(options.jwt));
  if (keys.size === 0 && jwt === undefined) {
    throw new Error('Authentication is required but no API key and no JWT issuer is configured, so nobody could call.');
  }
  return { keys, jwt };
}

function bearer({ keys, jwt }: Credentials, refusals: Refusals): Authenticator['authenticate'] {
  return (authorization) => {
    if (authorization === undefined) return refusals.missing;
    const token = BEARER.exec(authorization)?.groups?.['token'];
    if (token === undefined) return refusals.malformed;
    const principal = keys.find(token);
    if (principal !== undefined) return { ok: true, principal };
    if (jwt === undefined || !looksLikeJwt(token)) return refusals.invalid;
    return jwt.verify(token).then((verdict) => ofToken(verdict, refusals));
  };
}

function ofToken(verdict: TokenVerdict, refusals: Refusals): AuthResult {
  if (verdict.ok) return verdict;
  switch (verdict.reason) {
    case 'invalid':
      return refusals.invalid;
    case 'insufficient_scope':
      return refusals.scope();
    case 'keys_unavailable':
      return refusals.keysUnavailable;
  }
}

interface Refusals {
  readonly missing: Refusal;
  readonly malformed: Refusal;
  readonly invalid: Refusal;
  readonly keysUnavailable: Refusal;
  scope(scope?: Scope): Refusal;
}

function createRefusals(resourceMetadata: string | undefined): Refusals {
  const challenge = (parts: BearerChallenge): Record<string, string> => ({
    'www-authenticate': bearerChallenge({ ...parts, resourceMetadata }),
  });
  const suggestion = 'Send the header "Authorization: Bearer <key>"; the server said at start where its key is.';
  return {
    // RFC 6750 section 3.1: a request without a bearer credential gets no error code.
    missing: refuse(401, 'unauthorized', 'This needs a credential.', { suggestion }, challenge({})),
    malformed: refuse(
      401,
      'unauthorized',
      'The Authorization header must be the word Bearer, a space and one credential.',
      { suggestion },
      challenge({}),
    ),
    invalid: refuse(
      401,
      'unauthorized',
      'The credential is not valid here, or no longer.',
      { suggestion },
      challenge({ error: 'invalid_token' }),
    ),
    keysUnavailable: refuse(503, 'keys_unavailable', "The token issuer's keys cannot be fetched at the moment.", {
      suggestion: 'Try again in a few seconds, or use an API key.',
      retryAfterMs: 5_000,
    }),
    scope: (scope) =>
      refuse(
        403,
        'forbidden',
        scope === undefined
          ? 'The token lacks a scope that this server requires.'
          : `The credential does not carry the scope ${scope}${scope === 'tools:call' ? ' for this tool' : ''}.`,
        { suggestion: 'Ask the operator of this server for a credential with that scope.' },
        challenge({ error: 'insufficient_scope', ...(scope === undefined ? {} : { scope }) }),
      ),
  };
}
