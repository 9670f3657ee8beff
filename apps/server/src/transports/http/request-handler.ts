import type { IncomingMessage, ServerResponse } from 'node:http';

import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

import { guardRequest } from './guard/guard.ts';
import type { HostAndOriginLists } from './guard/host-and-origin.ts';
import { isHealthTarget } from './guard/health-probes.ts';
import { problem, problemHeaders, reject, type Rejection } from '../../problem-details.ts';
import type { RejectionLog } from './routing/rejection-log.ts';
import type { HttpEnv } from './routing/request-context.ts';

export type HandleRequest = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  /** The table of connections is full, and this one is only for health checks. */
  options?: { readonly healthOnly: boolean },
) => void;

/**
 * Handles a Node request:
 *
 *   guard (request line and headers; every route) -> CORS preflight, or -> router
 *
 * A rejected request costs no body read, no process and no queue slot.
 */
export function createRequestHandler(
  app: Hono<HttpEnv>,
  policy: () => HostAndOriginLists,
  rejections: Pick<RejectionLog, 'record'>,
): HandleRequest {
  const route = getRequestListener((request, env) => app.fetch(request, env), {
    // Used in URLs when a health check sends no Host.
    hostname: 'localhost',
    overrideGlobalObjects: false,
    errorHandler: () => {
      const body = problem(500, 'internal_error', 'Internal server error.');
      return new Response(JSON.stringify(body), { status: 500, headers: problemHeaders(body) });
    },
  });
  return (incoming, outgoing, options) => {
    const verdict = guardRequest(incoming, policy());
    if (!verdict.ok) {
      rejections.record(incoming, verdict);
      return sendRejection(incoming, outgoing, verdict);
    }
    for (const name in verdict.responseHeaders) outgoing.setHeader(name, verdict.responseHeaders[name] ?? '');
    if (options?.healthOnly) {
      if (!isHealthTarget(verdict.target)) return sendRejection(incoming, outgoing, tooManyConnections);
      outgoing.setHeader('connection', 'close');
    }
    if (verdict.preflight) return void outgoing.writeHead(204).end();
    incoming.method = verdict.method;
    incoming.url = verdict.target;
    void route(incoming, outgoing);
  };
}

export const tooManyConnections: Rejection = reject(
  503,
  'too_many_connections',
  'The server has too many open connections.',
  {
    suggestion: 'Retry in a second, or raise server.maxConnections.',
    retryAfterMs: 1_000,
  },
);

function sendRejection(incoming: IncomingMessage, outgoing: ServerResponse, rejection: Rejection): void {
  outgoing.writeHead(rejection.status, {
    ...problemHeaders(rejection.problem),
    ...rejection.headers,
    connection: 'close',
  });
  outgoing.end(JSON.stringify(rejection.problem));
  // The body is discarded, and the connection closes after the response.
  incoming.resume();
}
