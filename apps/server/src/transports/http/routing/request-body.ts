import type { ParsedBody } from '../body/json-body.ts';
import { readJsonBody } from '../body/read-body.ts';
import { MAX_BODY_BYTES } from '../guard/body-headers.ts';
import type { HttpContext } from './request-context.ts';

/**
 * Reads the JSON body of a request that was accepted so far. A client that sent `Expect: 100-continue` waits with the body
 * until it is asked for here, so it does not send a body that would be rejected.
 */
export function readRequestBody({ env: { incoming, outgoing } }: HttpContext): Promise<ParsedBody> {
  if (incoming.headers.expect?.toLowerCase() === '100-continue' && incoming.httpVersion === '1.1') {
    outgoing.writeContinue();
  }
  return readJsonBody(incoming, MAX_BODY_BYTES);
}
