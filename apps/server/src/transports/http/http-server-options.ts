import { STATUS_CODES, type Server, type ServerOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import { problem, problemHeaders, type Problem } from '../../problem-details.ts';
import { MAX_HEADER_COUNT } from './guard/request-headers.ts';

/** Options of `http.createServer`; some can only be set there. Milliseconds and bytes. */
export const httpServerOptions: Readonly<ServerOptions> = {
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: 5_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  requireHostHeader: true,
  insecureHTTPParser: false,
};

/** Sets every limit that can be set after creation, and answers malformed requests with a problem. The number of connections is limited by `ConnectionTable`. */
export function applyServerLimits(server: Server, keepAliveMs: number): void {
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = keepAliveMs;
  server.maxHeadersCount = MAX_HEADER_COUNT;
  server.maxRequestsPerSocket = 1_000;

  // A malformed request must not write into the response of the request before it.
  const responding = new WeakSet<Duplex>();
  server.on('request', (request, response) => {
    responding.add(request.socket);
    response.on('close', () => responding.delete(request.socket));
  });
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    // Data behind a request with `Connection: close` is ignored; the response to that request ends the connection.
    if (error.code === 'HPE_CLOSED_CONNECTION') return;
    if (error.code === 'ECONNRESET' || !socket.writable || responding.has(socket)) socket.destroy();
    else writeRawResponse(socket, malformedRequest(error.code));
  });
}

function writeRawResponse(socket: Duplex, body: Problem): void {
  const text = JSON.stringify(body);
  const headers = { ...problemHeaders(body), 'content-length': String(Buffer.byteLength(text)), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status] ?? ''}\r\n${lines.join('')}\r\n`;
  socket.end(head + text, () => socket.destroy());
}

function malformedRequest(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return problem(431, 'headers_too_large', 'The headers may be at most 16 KiB long.');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return problem(408, 'request_timeout', 'The request did not arrive in time.');
  }
  return problem(400, 'malformed_request', 'This is not a valid HTTP/1.1 request.');
}
