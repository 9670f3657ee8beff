import type { HttpBindings } from '@hono/node-server';

import type { ParsedBody } from '../body/json-body.ts';
import { readJsonBody } from '../body/read-body.ts';
import { MAX_BODY_BYTES } from '../guard/body-headers.ts';

/**
 * Reads the JSON body of a request that was accepted so far. A client that sent `Expect: 100-continue` waits with the body
 * until it is asked for here, so it does not send a body that would be rejected.
 *
 * @param whenEmpty what a body without any bytes counts as; without it such a body is not JSON
 */
export function readRequestBody(
  { incoming, outgoing }: HttpBindings,
  whenEmpty?: Readonly<Record<string, never>>,
): Promise<ParsedBody> {
  if (incoming.headers.expect?.toLowerCase() === '100-continue' && incoming.httpVersion === '1.1') {
    outgoing.writeContinue();
  }
  return readJsonBody(incoming, MAX_BODY_BYTES, whenEmpty);
}
