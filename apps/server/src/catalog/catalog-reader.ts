import type { Principal } from '../access/principal.ts';

/** Who asks for a prompt or a resource. */
export interface CatalogReader {
  readonly principal: Principal;
  /** Of the client, where it has one. */
  readonly session?: string | undefined;
  /** Aborted when the client no longer waits. */
  readonly signal?: AbortSignal | undefined;
}
