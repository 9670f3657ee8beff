import { expect, test } from 'vitest';

import { loadError, loadServerConfig } from '../test-support/load-server-config.ts';

const configured = (server: string, port: number): string =>
  `server: { ${server} }\nmetrics: { prometheusPort: ${port} }\n`;

test('two listeners of one server must have different ports', async () => {
  const { problems } = await loadError(configured('transport: http, port: 9090', 9090));
  expect(problems).toMatchObject([
    { path: ['metrics', 'prometheusPort'], message: expect.stringContaining('must differ from server.port (9090)') },
  ]);
});

test.each([
  ['transport: stdio, port: 9090', 9090],
  ['transport: http, port: 8080', 9090],
  ['transport: http, port: 0', 9090],
])('one listener, or two ports: %s and %i', async (server, port) => {
  await using store = await loadServerConfig(configured(server, port));
  expect(store.snapshot.values.metrics.prometheusPort).toBe(port);
});

test.each([
  ['*', 'write 0.0.0.0'],
  ['0', 'write 0.0.0.0'],
  ['[::]', 'without brackets'],
  ['http://0.0.0.0:8080', 'the port is server.port'],
  ['127.0.0.1:8080', 'the port is server.port'],
])('what other programs take as an address to listen on has a suggestion: %s', async (host, suggestion) => {
  const { problems } = await loadError('{}', { env: { MCP_SERVER_HOST: host } });
  expect(problems).toMatchObject([{ path: ['server', 'host'], suggestion: expect.stringContaining(suggestion) }]);
});

test.each(['sse', 'streamable-http'])('the transport %s is called http', async (transport) => {
  const { problems } = await loadError('{}', { env: { MCP_SERVER_TRANSPORT: transport } });
  expect(problems).toMatchObject([{ path: ['server', 'transport'], suggestion: "did you mean 'http'?" }]);
});
