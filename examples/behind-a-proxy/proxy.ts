/**
 * The least a reverse proxy must do for this server: pass the public Host on, stream in both directions without buffering, and
 * end the request to the server when the client goes away. nginx: proxy_set_header Host $host; proxy_buffering off.
 */
import { createServer, request, type Server } from 'node:http';

export function createProxy(upstream: { host: string; port: number }, publicHost: string): Server {
  return createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const forwarded = request(
      { ...upstream, method, path: url, headers: { ...headers, host: publicHost } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    forwarded.on('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
    outgoing.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
}
