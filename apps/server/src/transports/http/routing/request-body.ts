import type { HttpBindings } from '@hono/node-server';

import type { BodyText, ParsedBody } from '../body/json-body.ts';
import { readBodyText, readJsonBody } from '../body/read-body.ts';
import { MAX_BODY_BYTES } from '../guard/body-headers.ts';

/**
 * Reads the JSON body of a request that was accepted so far.
 *
 * @param whenEmpty what a body without any bytes counts as; without it such a body is not JSON
 */
export function readRequestBody(
  bindings: HttpBindings,
  whenEmpty?: Readonly<Record<string, never>>,
): Promise<ParsedBody> {
  askForBody(bindings);
  return readJsonBody(bindings.incoming, MAX_BODY_BYTES, whenEmpty);
}

/** The same without parsing it. */
export function readRequestText(bindings: HttpBindings): Promise<BodyText> {
  askForBody(bindings);
  return readBodyText(bindings.incoming, MAX_BODY_BYTES);
}

/**
 * A client that sent `Expect: 100-continue` waits with the body until it is asked for here, so it does not send a body that
 * would be rejected.
 */
function askForBody({ incoming, outgoing }: HttpBindings): void {
  if (incoming.headers.expect?.toLowerCase() === '100-continue' && incoming.httpVersion === '1.1') {
    outgoing.writeContinue();
  }
}
