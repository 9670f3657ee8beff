/** Each client over both transports: connect, list, call, a rejected target, a timeout. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { clientKinds, type TestClient, type Where } from './harness/clients.ts';
import {
  scratch,
  startHttpServer,
  testConfiguration,
  type HttpServerProcess,
  type Scratch,
} from './harness/server-process.ts';

let server: HttpServerProcess;
let place: Scratch;
let probed: Server;
let probedUrl: string;

beforeAll(async () => {
  server = await startHttpServer();
  place = scratch();
  place.write('config.yaml', testConfiguration);
  probed = createServer((_, response) => response.writeHead(204).end()).listen(0, '127.0.0.1');
  await new Promise((listening) => probed.once('listening', listening));
  probedUrl = `http://127.0.0.1:${(probed.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  await server.stop();
  place[Symbol.dispose]();
  probed.close();
});

const transports = ['http', 'stdio'] as const;

function whereFor(transport: (typeof transports)[number]): Where {
  return transport === 'http'
    ? { transport, url: server.url }
    : { transport, configFile: `${place.folder}/config.yaml`, folder: place.folder };
}

describe.each(clientKinds)('$name', ({ name, connect }) => {
  describe.each(transports)('over %s', (transport) => {
    let client: TestClient;

    beforeAll(async () => {
      client = await connect(whereFor(transport));
    });
    afterAll(() => client[Symbol.asyncDispose]());

    test('uses the protocol era that it requested', () => {
      expect(client.era).toBe(/newest|automatic/u.test(name) ? 'modern' : 'legacy');
    });

    test('lists the built-in tools and those declared in YAML', async () => {
      expect(await client.toolNames()).toEqual(
        expect.arrayContaining([
          'dns_lookup',
          'tcp_check',
          'http_probe',
          'tls_inspect',
          'system_info',
          'shout',
          'slow',
        ]),
      );
    });

    test('gets a result from a function tool', async () => {
      const answer = await client.call('http_probe', { target: probedUrl });
      expect(answer).toMatchObject({ isError: false, structured: { status: 204, address: '127.0.0.1' } });
    });

    test('probes the HTTP server with http_probe', async () => {
      const answer = await client.call('http_probe', { target: `${server.url}/health/live` });
      expect(answer).toMatchObject({ isError: false, structured: { status: 200 } });
    });

    test('gets the output of a program', async () => {
      const answer = await client.call('shout', { word: 'hello' });
      expect(answer).toEqual({ isError: false, text: 'hello\n', structured: undefined });
    });

    test('gets an error with the allowed targets for a target outside them', async () => {
      const answer = await client.call('tcp_check', { target: '8.8.8.8', port: 53 });
      expect(answer.isError).toBe(true);
      expect(answer.text).toMatch(/target/u);
      expect(answer.text).toMatch(/allowed/u);
    });

    test('gets an error with the known arguments for an unknown one', async () => {
      const answer = await client.call('shout', { word: 'hello', shell: true });
      expect(answer.isError).toBe(true);
      expect(answer.text).toMatch(/validation_error: .*word/u);
    });

    test('gets an error when a call times out', async () => {
      const answer = await client.call('slow', { seconds: 30 });
      expect(answer.isError).toBe(true);
      expect(answer.text).toMatch(/^timeout: .*time limit/u);
    });

    test('gets a protocol error for a tool that does not exist', async () => {
      await expect(client.call('no_such_tool', {})).rejects.toThrow(/tool/u);
    });

    test('reads the health resource', async () => {
      expect(await client.resourceUris()).toContain('mcp://health');
      expect(JSON.parse(await client.read('mcp://health'))).toHaveProperty('status');
    });
  });
});
