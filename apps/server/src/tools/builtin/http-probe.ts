import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

import { defineTool, ToolError, type ToolDefinition } from '@mcp/tool-base';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';

import { systemClock } from '../../foundation/clock.ts';
import { callScope } from '../../observability/log/call-scope.ts';
import { addressOf } from './pinned-address.ts';

/** Bytes of a body that are read before the connection is closed. */
const MAX_BODY_BYTES = 64 * 1024;
const textual = /^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml)|application\/yaml)/iu;

/** `http_probe`: one request, no redirects followed, no credentials sent, what came back and how long it took. */
export const httpProbe: ToolDefinition = defineTool({
  name: 'http_probe',
  title: 'HTTP probe',
  description:
    'Send one GET or HEAD request to an http or https URL and report status, headers, timing and the start of a textual body. Redirects are reported, not followed. Certificates are not verified; use tls_inspect for them.',
  input: toStandardJsonSchema(
    v.strictObject({
      target: v.pipe(v.string(), v.description('http(s)://host[:port]/path')),
      method: v.optional(v.picklist(['GET', 'HEAD']), 'GET'),
      maxBodyChars: v.optional(
        v.pipe(
          v.number(),
          v.integer(),
          v.minValue(0),
          v.maxValue(16_384),
          v.description('How much of the body to show'),
        ),
        2048,
      ),
    }),
  ),
  output: toStandardJsonSchema(
    v.object({
      target: v.string(),
      address: v.string(),
      status: v.number(),
      statusText: v.string(),
      headers: v.record(v.string(), v.string()),
      firstByteMs: v.number(),
      totalMs: v.number(),
      bodyBytes: v.number(),
      bodyTruncated: v.boolean(),
      body: v.optional(v.string()),
    }),
  ),
  annotations: { readOnlyHint: true, idempotentHint: true, destructiveHint: false, openWorldHint: true },
  target: { parameter: 'target', kind: 'url', resolve: 'pin' },
  limits: { timeoutMs: 15_000, concurrency: 8 },
  // A server that lets everyone wait says nothing about the others.
  circuitBreaker: { scope: 'target' },
  async run({ target, method, maxBodyChars }, context) {
    const address = addressOf(context);
    const startedMs = systemClock.monotonicMs();
    const response = await send(new URL(target), address, method, context.signal);
    const firstByteMs = Math.round(systemClock.monotonicMs() - startedMs);
    const { body, truncated } = await readBody(response, context.signal);
    const showBody = maxBodyChars > 0 && textual.test(response.headers['content-type'] ?? '');
    return {
      target,
      address,
      status: response.statusCode ?? 0,
      statusText: response.statusMessage ?? '',
      headers: flatten(response.headers),
      firstByteMs,
      totalMs: Math.round(systemClock.monotonicMs() - startedMs),
      bodyBytes: body.length,
      bodyTruncated: truncated,
      ...(showBody && { body: body.toString('utf8').slice(0, maxBodyChars).toWellFormed() }),
    };
  },
});

/** Connects to the checked address, and names the host only in the Host header and the TLS handshake. */
function send(url: URL, address: string, method: string, signal: AbortSignal): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:';
  const { traceparent, tracestate } = callScope.getStore() ?? {};
  return new Promise((resolve, reject) => {
    // Loaded here: an import would load TLS and `fetch` at the start of every server.
    const { request: open } = process.getBuiltinModule(secure ? 'node:https' : 'node:http');
    const request = open({
      host: address,
      port: url.port || (secure ? 443 : 80),
      path: url.pathname + url.search,
      method,
      headers: {
        host: url.host,
        'user-agent': 'mcp-server http_probe',
        accept: '*/*',
        connection: 'close',
        ...(traceparent !== undefined && { traceparent }),
        ...(tracestate !== undefined && { tracestate }),
      },
      agent: false,
      signal,
      // The probe reports the response also with an untrusted certificate; tls_inspect checks the certificate.
      ...(secure && { rejectUnauthorized: false, servername: isIP(url.hostname) === 0 ? url.hostname : '' }),
    });
    request.once('response', resolve);
    request.once('error', (error: NodeJS.ErrnoException) => reject(signal.aborted ? error : unreachable(error)));
    request.end();
  });
}

async function readBody(response: IncomingMessage, signal: AbortSignal): Promise<{ body: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MAX_BODY_BYTES) {
        response.destroy();
        break;
      }
    }
  } catch (error) {
    throw signal.aborted ? error : brokenOff(response, error as NodeJS.ErrnoException);
  }
  return { body: Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES), truncated: size > MAX_BODY_BYTES };
}

function flatten(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

function brokenOff({ statusCode }: IncomingMessage, error: NodeJS.ErrnoException): ToolError {
  return new ToolError(
    'tool_error',
    `The answer, with status ${statusCode}, broke off: ${error.code ?? 'no reason'}.`,
    {
      suggestion: 'Try the method HEAD, which asks for no body.',
      cause: error,
    },
  );
}

/** That nothing answers says something about the target, so it is the tool's answer and not a fault of this server. */
function unreachable(error: NodeJS.ErrnoException): ToolError {
  return new ToolError('tool_error', `No HTTP answer: ${error.code ?? 'connection failed'}.`, {
    suggestion: 'Check the port with tcp_check and the name with dns_lookup.',
    cause: error,
  });
}
