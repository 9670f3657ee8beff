import { reject, type Rejection } from '../foundation/problem-details.ts';
import { bearerChallenge, type BearerChallenge } from './bearer-challenge.ts';
import type { Scope } from './principal.ts';

/** The responses to requests that are not authenticated or not authorized. */
export interface AuthRejections {
  readonly missing: Rejection;
  readonly malformed: Rejection;
  readonly invalid: Rejection;
  /** For a text that is plainly no key; the client's configuration has to be changed. */
  readonly notExpanded: Rejection;
  /** The same for the client as {@link invalid}; log and audit log name the difference. */
  expired(keyName: string): Rejection;
  readonly keysUnavailable: Rejection;
  /** @param scope the missing scope; undefined for one of `security.jwt.requiredScopes` */
  scope(scope?: Scope): Rejection;
}

const SUGGESTION = 'Send the header "Authorization: Bearer <key>". The server printed at start where its key is.';

/** @param resourceMetadata URL of the protected-resource metadata, where tokens are accepted */
export function createAuthRejections(resourceMetadata: string | undefined): AuthRejections {
  const challenge = (parts: BearerChallenge): Record<string, string> => ({
    'www-authenticate': bearerChallenge({ ...parts, resourceMetadata }),
  });
  const unauthorized = (detail: string, reason: string, parts: BearerChallenge): Rejection => ({
    ...reject(401, 'unauthorized', detail, { suggestion: SUGGESTION }, challenge(parts)),
    reason,
  });
  const invalid = unauthorized('The credential is not valid.', 'key_unknown', { error: 'invalid_token' });
  return {
    // RFC 6750 section 3.1: a request without a bearer credential gets no error code.
    missing: unauthorized('A credential is required.', 'credential_missing', {}),
    malformed: unauthorized(
      'The Authorization header must be the word Bearer, a space and one credential.',
      'header_malformed',
      {},
    ),
    invalid,
    notExpanded: {
      ...reject(
        401,
        'unauthorized',
        'The credential is a variable that the client did not expand, or has quotes around it.',
        {
          suggestion:
            'Write the key itself into the configuration of the client, without quotes: "Authorization: Bearer KEY".',
        },
        challenge({ error: 'invalid_token' }),
      ),
      reason: 'key_not_expanded',
    },
    expired: (keyName) => ({ ...invalid, reason: 'key_expired', keyName }),
    keysUnavailable: {
      ...reject(503, 'keys_unavailable', "The token issuer's keys cannot be fetched at the moment.", {
        suggestion: 'Retry in 5 seconds, or use an API key.',
        retryAfterMs: 5_000,
      }),
      reason: 'keys_unavailable',
    },
    scope: (scope) => ({
      ...reject(
        403,
        'forbidden',
        scope === undefined
          ? 'The token lacks a scope that this server requires.'
          : `The credential does not have the scope ${scope}${scope === 'tools:call' ? ' for this tool' : ''}.`,
        { suggestion: 'Ask the operator of this server for a credential with that scope.' },
        challenge({ error: 'insufficient_scope', ...(scope === undefined ? {} : { scope }) }),
      ),
      reason: scope === undefined ? 'token_scope_missing' : `scope_missing:${scope}`,
    }),
  };
}
