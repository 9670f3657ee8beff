import { isIP } from 'node:net';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

import { defineTool, ToolError, type ToolDefinition } from '@mcp/tool-base';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';

import { systemClock } from '../../foundation/clock.ts';
import { addressOf } from './pinned-address.ts';

const certificate = v.object({
  subject: v.string(),
  issuer: v.string(),
  names: v.array(v.string()),
  validFrom: v.string(),
  validTo: v.string(),
  fingerprint256: v.string(),
});

/** `tls_inspect`: the handshake and the certificate chain a server presents, trusted or not. */
export const tlsInspect: ToolDefinition = defineTool({
  name: 'tls_inspect',
  title: 'TLS inspection',
  description:
    'Connect with TLS and report protocol, cipher, the certificate chain, days until it expires, and whether this machine would trust it and why not. Sends no application data.',
  input: toStandardJsonSchema(
    v.strictObject({
      target: v.pipe(v.string(), v.description('Host name or IPv4 address')),
      port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)), 443),
    }),
  ),
  output: toStandardJsonSchema(
    v.object({
      target: v.string(),
      address: v.string(),
      port: v.number(),
      protocol: v.string(),
      cipher: v.string(),
      trusted: v.boolean(),
      reason: v.optional(v.string()),
      daysLeft: v.number(),
      chain: v.array(certificate),
    }),
  ),
  annotations: { readOnlyHint: true, idempotentHint: true, destructiveHint: false, openWorldHint: true },
  target: { parameter: 'target', kind: 'ip_or_host', resolve: 'pin' },
  limits: { timeoutMs: 15_000, concurrency: 4 },
  // A server that lets everyone wait says nothing about the others.
  circuitBreaker: { scope: 'target' },
  async run({ target, port }, context) {
    const address = addressOf(context);
    const socket = await handshake(target, address, port, context.signal);
    try {
      const chain = chainOf(socket.getPeerCertificate(true));
      const expires = Date.parse(chain[0]?.validTo ?? '');
      const reason = socket.authorizationError as Error | string | null | undefined;
      return {
        target,
        address,
        port,
        protocol: socket.getProtocol() ?? 'unknown',
        cipher: socket.getCipher().standardName,
        trusted: socket.authorized,
        ...(reason && { reason: reason instanceof Error ? reason.message : reason }),
        daysLeft: Number.isNaN(expires) ? 0 : Math.floor((expires - systemClock.epochMs()) / 86_400_000),
        chain,
      };
    } finally {
      socket.destroy();
    }
  },
});

function handshake(target: string, host: string, port: number, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    // Loaded here: an import would load TLS at the start of every server.
    const socket = process.getBuiltinModule('node:tls').connect({
      host,
      port,
      // An untrusted chain is what people come here to look at.
      rejectUnauthorized: false,
      ...(isIP(target) === 0 && { servername: target }),
    });
    const abort = (): void => void socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', abort);
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', abort);
      reject(
        signal.aborted
          ? error
          : new ToolError('tool_error', `No TLS handshake: ${error.code ?? 'connection failed'}.`, {
              suggestion: 'Check the port with tcp_check; the service there may not speak TLS.',
              cause: error,
            }),
      );
    });
  });
}

function chainOf(leaf: DetailedPeerCertificate): v.InferOutput<typeof certificate>[] {
  const chain = [];
  const seen = new Set<string>();
  // A self-signed certificate is its own issuer, so the walk ends at the first repetition.
  for (let next = leaf; next?.fingerprint256 && !seen.has(next.fingerprint256); next = next.issuerCertificate) {
    seen.add(next.fingerprint256);
    chain.push({
      subject: distinguishedName(next.subject),
      issuer: distinguishedName(next.issuer),
      names: (next.subjectaltname ?? '').split(', ').filter(Boolean),
      validFrom: new Date(next.valid_from).toISOString(),
      validTo: new Date(next.valid_to).toISOString(),
      fingerprint256: next.fingerprint256,
    });
  }
  return chain;
}

function distinguishedName(name: DetailedPeerCertificate['subject']): string {
  return Object.entries(name)
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join('+') : value}`)
    .join(', ');
}
