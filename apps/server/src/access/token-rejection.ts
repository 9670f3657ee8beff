import type { errors as JoseErrors } from 'jose';

/** Why a token is rejected; for the log only, since a client must not learn what to change in a forged token. */
export type TokenRejectionReason =
  | 'token_malformed'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'token_signature_invalid'
  | 'token_key_unknown'
  | 'token_algorithm_not_allowed'
  | 'token_subject_invalid'
  | `token_${'issuer' | 'audience'}_not_accepted`
  | `token_claim_missing:${string}`
  | `token_claim_invalid:${string}`;

/** @returns undefined when the issuer's keys could not be fetched or read, which says nothing about the token */
export function tokenRejectionReason(error: unknown, errors: typeof JoseErrors): TokenRejectionReason | undefined {
  if (error instanceof errors.JWTExpired) return 'token_expired';
  if (error instanceof errors.JWTClaimValidationFailed) return claimReason(error);
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'token_signature_invalid';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return 'token_key_unknown';
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return 'token_algorithm_not_allowed';
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'token_malformed';
  return undefined;
}

function claimReason({ claim, reason }: JoseErrors.JWTClaimValidationFailed): TokenRejectionReason {
  if (reason === 'missing') return `token_claim_missing:${claim}`;
  if (claim === 'iss') return 'token_issuer_not_accepted';
  if (claim === 'aud') return 'token_audience_not_accepted';
  if (claim === 'nbf') return 'token_not_yet_valid';
  return `token_claim_invalid:${claim}`;
}
