import { describe, expect, test } from 'vitest';

import { loadError, loadServerConfig } from '../test-support/load-server-config.ts';

const TWO = 'server: { transport: http, workers: 2 }\n';

describe('server.workers', () => {
  test.each([
    ['workers: 3', 3],
    ['workers: 64', 64],
  ])('takes %s', async (text, workers) => {
    const store = await loadServerConfig(`server: { transport: http, ${text} }`);
    expect(store.snapshot.values.server.workers).toBe(workers);
  });

  test('takes auto, also from a variable: one for each core', async () => {
    for (const store of [
      await loadServerConfig('server: { transport: http, workers: auto }'),
      await loadServerConfig('server: { transport: http }', { env: { MCP_SERVER_WORKERS: 'auto' } }),
    ]) {
      const { workers } = store.snapshot.values.server;
      expect(Number.isInteger(workers) && workers >= 1 && workers <= 64).toBe(true);
    }
  });

  test.each(['0', '65', '1.5', 'many'])('is refused as %s', async (wrong) => {
    const { problems } = await loadError(`server: { transport: http, workers: ${wrong} }`);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining("from 1 to 64, or 'auto'")]);
  });

  test('above 1 refuses, all at once, what one process must do alone', async () => {
    const { problems } = await loadError(`
server: { transport: stdio, workers: 2 }
metrics: { prometheusEnabled: false }
jobs: { store: memory }
tools:
  backup: { description: Makes a backup, command: echo, job: auto }
`);
    expect(problems.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['server.workers', expect.stringContaining('over stdio')],
      ['server.workers', expect.stringContaining('jobs in memory')],
      ['server.workers', expect.stringContaining('Prometheus')],
    ]);
  });

  test('above 1 loads with jobs, upstream servers and a log file', async () => {
    const store = await loadServerConfig(`${TWO}
logging: { filePath: ./server.log }
upstreams: { other: { url: 'http://127.0.0.1:9/mcp' } }
tools: { backup: { description: Makes a backup, command: echo, job: auto } }
`);
    expect(store.snapshot.values.server.workers).toBe(2);
  });
});
