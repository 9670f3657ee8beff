import type { Scope } from './principal.ts';

/** `error` codes of RFC 6750 section 3.1. */
export type BearerError = 'invalid_token' | 'insufficient_scope';

export interface BearerChallenge {
  readonly error?: BearerError;
  readonly scope?: Scope;
  /** URL of the protected-resource metadata (RFC 9728 section 5.1); set where tokens are accepted. */
  readonly resourceMetadata?: string | undefined;
}

/** The value of `WWW-Authenticate`. It repeats nothing that the client sent. */
export function bearerChallenge(challenge: BearerChallenge): string {
  const parts = ['realm="mcp-server"'];
  if (challenge.error !== undefined) parts.push(`error="${challenge.error}"`);
  if (challenge.scope !== undefined) parts.push(`scope="${challenge.scope}"`);
  if (challenge.resourceMetadata !== undefined) parts.push(`resource_metadata="${challenge.resourceMetadata}"`);
  return `Bearer ${parts.join(', ')}`;
}
