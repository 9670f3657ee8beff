import type { Principal } from './principal.ts';

/**
 * Whose credential still counts: asked by everything that outlives the request that opened it, since only requests come
 * with a credential to check.
 */
export interface ActiveCredentials {
  /** Whether the credential that made this very object is still there, with the same scopes. */
  has(principal: Principal): boolean;
  /** The listener is called after the credentials may have changed. */
  onChanged(listener: () => void): Disposable;
}
