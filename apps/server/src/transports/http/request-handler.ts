import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Hono } from 'hono';

import { guardRequest } from './guard/guard.ts';
import type { HostAndOriginLists } from './guard/host-and-origin.ts';
import { isHealthTarget } from './guard/health-probes.ts';
import { problem, problemHeaders, reject, type Rejection } from '../../foundation/problem-details.ts';
import type { DirectRoute, Respond } from './routing/direct-handler.ts';
import { loadAdapter } from './routing/load-hono.ts';
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
 *   guard (request line and headers; every route) -> CORS preflight, or -> direct route, or -> router
 *
 * A rejected request costs no body read, no process and no queue slot.
 */
export function createRequestHandler(
  router: () => Hono<HttpEnv>,
  policy: () => HostAndOriginLists,
  rejections: Pick<RejectionLog, 'record'>,
  directRoutes: readonly DirectRoute[] = [],
): HandleRequest {
  const options = {
    // Used in URLs when a health check sends no Host.
    hostname: 'localhost',
    overrideGlobalObjects: false,
    errorHandler: () => {
      const body = problem(500, 'internal_error', 'Internal server error.');
      return new Response(JSON.stringify(body), { status: 500, headers: problemHeaders(body) });
    },
  };
  let route: ReturnType<typeof routeListener> | undefined;
  const routeListener = () => {
    const app = router();
    return loadAdapter().getRequestListener((request, env) => app.fetch(request, env), options);
  };
  const respond: Respond = (incoming, outgoing, answer) => {
    void loadAdapter().getRequestListener(answer, options)(incoming, outgoing);
  };
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
    const path = pathOf(verdict.target);
    // Node leaves the body of the response out.
    const method = verdict.method === 'HEAD' ? 'GET' : verdict.method;
    for (const each of directRoutes) {
      if (each.method === method && each.path === path) return each.direct(incoming, outgoing, respond);
    }
    route ??= routeListener();
    void route(incoming, outgoing);
  };
}

function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
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
