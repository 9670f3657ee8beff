import type { Principal } from './principal.ts';

/**
 * The credentials that are valid now. Streams and sessions outlive the request that opened them, so they check here
 * whether its credential has been revoked since.
 */
export interface ActiveCredentials {
  /** Whether the credential behind this principal object is still valid, with the same scopes. */
  has(principal: Principal): boolean;
  /** When this credential expires, in milliseconds since the epoch; undefined when it does not. */
  expiresAtMs(principal: Principal): number | undefined;
  /** Calls the listener whenever the credentials may have changed. */
  onChanged(listener: () => void): Disposable;
}
