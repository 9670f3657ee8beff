import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Answers a request of Node itself, without the router. For a route whose usual response costs less than a web request and a web
 * response do.
 *
 * @param respond for every other response: makes the web request, and sends what `answer` returns. To be called once at most
 */
export type DirectHandler = (incoming: IncomingMessage, outgoing: ServerResponse, respond: Respond) => void;

export type Respond = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: (request: Request) => Response | Promise<Response>,
) => void;

/** A route with a handler of this kind; the path is exact. */
export interface DirectRoute {
  readonly method: string;
  readonly path: string;
  readonly direct: DirectHandler;
}
