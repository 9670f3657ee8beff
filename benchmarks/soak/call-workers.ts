/** Calls of functions and programs, and what clients do wrong. */
import { connect } from 'node:net';

import { expectText } from './expected-text.ts';
import type { Workers } from './worker.ts';

const said = (text: string): string => `"text":"${text}"`;

export const callWorkers: Workers = {
  'calls, 2026': async (client, round) => {
    expectText(await client.call('modern', 'echo', { text: `m${round}` }), said(`m${round}`));
  },
  'calls, 2025': async (client, round) => {
    expectText(await client.call('legacy', 'echo', { text: `l${round}` }), said(`l${round}`));
  },
  'sessions, one in three abandoned': async (client, round) => {
    const headers = await client.openSession();
    for (let call = 0; call < 5; call++) {
      const name = call % 2 === 0 ? 'echo' : 'chatty';
      expectText(await client.call('legacy', name, { text: `s${call}` }, { headers }), said(`s${call}`));
    }
    if (round % 3 !== 0) await client.ask({ method: 'DELETE', headers });
  },
  'progress and logs': async (client, round) => {
    const meta = { progressToken: round, 'io.modelcontextprotocol/logLevel': 'debug' };
    const text = await client.call('modern', 'chatty', { text: `p${round}` }, { meta });
    expectText(text, said(`p${round}`));
    expectText(text, 'notifications/progress');
  },
  programs: async (client, round) => {
    expectText(await client.call('modern', 'say', { text: `x${round}` }), `x${round}`);
  },
  aborts: async (client) => {
    await client.call('modern', 'sleeps', {}, { abortAfterMs: 20 });
    await client.call('legacy', 'sleeps', {}, { abortAfterMs: 80 });
  },
  timeouts: async (client) => {
    expectText(await client.call('modern', 'too_slow', {}), 'timeout: ', 'resource_exhausted: ');
    expectText(await client.call('legacy', 'deaf', { text: 'x' }), 'timeout: ', 'resource_exhausted: ');
  },
  'breaker storm': async (client) => {
    for (let call = 0; call < 10; call++) {
      const alternatives = ['execution_error: ', 'circuit_breaker_open: ', 'resource_exhausted: '];
      expectText(await client.call('modern', 'breaks', {}), ...alternatives);
    }
  },
  disconnects: (client) =>
    new Promise((resolve) => {
      const port = client.nextPort();
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n`);
        socket.write('Content-Length: 100\r\n\r\n{"half":');
        setImmediate(() => socket.destroy());
      });
      socket.once('close', () => resolve()).once('error', () => {});
    }),
  'event streams': async (client) => {
    await client.ask({ method: 'GET', path: '/events', abortAfterMs: 50 });
  },
  'probes and scrapes': async (client) => {
    for (const path of ['/health', '/health/live', '/metrics', '/tools', '/executions']) {
      const reply = await client.ask({ method: 'GET', path });
      if (reply?.status !== 200) throw new Error(`${path}: ${reply?.status}`);
    }
  },
};
