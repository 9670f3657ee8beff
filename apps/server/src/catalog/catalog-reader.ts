import type { Principal } from '../access/principal.ts';
import type { CallOrigin } from '../calls/tool-call-request.ts';

/** Who asks for a prompt or a resource. */
export interface CatalogReader {
  readonly principal: Principal;
  /** Where the request comes from, as far as the transport knows it. */
  readonly origin?: CallOrigin | undefined;
  /** Of the client, where it has one. */
  readonly session?: string | undefined;
  /** Aborted when the client no longer waits. */
  readonly signal?: AbortSignal | undefined;
}
