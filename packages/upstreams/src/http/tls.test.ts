import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { ToolError } from '@mcp/tool-base';
import { expect, onTestFinished, test } from 'vitest';

import { testCertificate } from '../test-support/certificate.ts';
import { listed } from '../test-support/listed.ts';

const own = testCertificate('server');
const client = testCertificate('client');

/** Answers everything with one tool, and only clients that have the certificate. */
async function serve(): Promise<{ readonly url: string; readonly seen: (string | undefined)[] }> {
  const seen: (string | undefined)[] = [];
  const server = createServer({ ...own, ca: client.cert, requestCert: true }, (request, response) => {
    seen.push((request.socket as TLSSocket).getPeerCertificate().subject?.CN as string | undefined);
    void request.toArray().then((chunks) => {
      const { id, method } = JSON.parse(Buffer.concat(chunks).toString()) as { id: number; method: string };
      const common = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
      const result =
        method === 'server/discover'
          ? { ...common, supportedVersions: ['2026-07-28'], capabilities: { tools: {} } }
          : { ...common, tools: [{ name: 'echo', inputSchema: { type: 'object' } }] };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
  });
  server.listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, seen };
}

test('a certificate of its own and an authority of its own make a connection', async () => {
  const { url, seen } = await serve();
  const { upstream } = await listed(url, { http: { url, tls: () => ({ ca: own.cert, ...client }) } });
  expect(upstream.tools.map(({ name }) => name)).toEqual(['up_echo']);
  expect(new Set(seen)).toEqual(new Set(['client']));
});

test('an authority that is not trusted is a reason, and nothing is sent', async () => {
  const { url, seen } = await serve();
  const { upstream } = await listed(url, { http: { url, tls: () => ({ ca: client.cert, ...client }) } });
  expect(upstream.report().problem).toMatch(/^No connection to 127\.0\.0\.1:\d+ \([A-Z_]+\)\.$/u);
  expect(seen).toEqual([]);
});

test('without the certificate that the upstream asks for there is no connection', async () => {
  const { url, seen } = await serve();
  const { upstream } = await listed(url, { http: { url, tls: () => ({ ca: own.cert }) } });
  expect(upstream.report()).toMatchObject({ state: 'failed', problem: expect.stringMatching(/connection/u) });
  expect(seen).toEqual([]);
});

test('what cannot be read is a reason, and is read again with the next connection', async () => {
  const { url } = await serve();
  let isThere = false;
  const tls = (): object => {
    if (!isThere) throw new ToolError('unavailable', 'tls.caFile cannot be read.');
    return { ca: own.cert, ...client };
  };
  const { upstream } = await listed(url, { http: { url, tls } });
  expect(upstream.report().problem).toBe('tls.caFile cannot be read.');
  isThere = true;
  await upstream.readTools();
  expect(upstream.tools).toHaveLength(1);
});
