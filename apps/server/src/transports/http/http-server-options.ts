import type { Server, ServerOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import { http } from '../../foundation/node-http.ts';
import { problemHeaders, reject, type Problem, type Rejection } from '../../foundation/problem-details.ts';
import { MAX_HEADER_COUNT } from './guard/request-headers.ts';

/** Options of `http.createServer`; some can only be set there. Milliseconds and bytes. */
export const httpServerOptions: Readonly<ServerOptions> = {
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: 5_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // The guard rejects such a request, with a reason and a line in the log.
  requireHostHeader: false,
  insecureHTTPParser: false,
};

/**
 * Sets every limit that can be set after creation, and answers malformed requests with a problem. The number of connections is
 * limited by `ConnectionTable`.
 *
 * @param isResponding whether a response is under way on the connection: a malformed request must not write into it
 * @param onMalformed called with what is answered
 */
export function applyServerLimits(
  server: Server,
  keepAliveMs: number,
  isResponding: (socket: Duplex) => boolean,
  onMalformed: (socket: Duplex, rejection: Rejection) => void = () => {},
): void {
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = keepAliveMs;
  server.maxHeadersCount = MAX_HEADER_COUNT;
  server.maxRequestsPerSocket = 1_000;

  server.on('clientError', (error: Error & { code?: string; rawPacket?: Buffer }, socket) => {
    // Data behind a request with `Connection: close` is ignored; the response to that request ends the connection.
    if (error.code === 'HPE_CLOSED_CONNECTION') return;
    if (error.code === 'ECONNRESET' || !socket.writable || isResponding(socket)) return void socket.destroy();
    const rejection = malformedRequest(error);
    onMalformed(socket, rejection);
    writeRawResponse(socket, rejection.problem);
  });
}

function writeRawResponse(socket: Duplex, body: Problem): void {
  const text = JSON.stringify(body);
  const headers = { ...problemHeaders(body), 'content-length': String(Buffer.byteLength(text)), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${body.status} ${http.STATUS_CODES[body.status] ?? ''}\r\n${lines.join('')}\r\n`;
  socket.end(head + text, () => socket.destroy());
}

/** The first byte of a TLS handshake. */
const TLS_HANDSHAKE = 0x16;

function malformedRequest({ code, rawPacket }: { code?: string; rawPacket?: Buffer }): Rejection {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return reject(431, 'headers_too_large', 'The headers may be at most 16 KiB long.');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return reject(408, 'request_timeout', 'The request did not arrive in time.');
  }
  if (rawPacket?.[0] === TLS_HANDSHAKE) {
    return reject(400, 'tls_not_supported', 'The client begins a TLS handshake; this server speaks plain HTTP.', {
      suggestion: 'Use http:// in the URL, or put a proxy that ends TLS in front.',
    });
  }
  return reject(400, 'malformed_request', 'This is not a valid HTTP/1.1 request.');
}
