/** The mixed load: each worker does one kind of thing, over and over, and knows what a right answer is. */
import { connect } from 'node:net';

import type { Client } from './client.ts';

export type Worker = (client: Client, round: number) => Promise<void>;

function expect(text: string | undefined, ...alternatives: readonly string[]): void {
  if (alternatives.some((part) => text?.includes(part))) return;
  throw new Error(`expected ${alternatives.join(' or ')}, got ${text?.slice(0, 300)}`);
}

const said = (text: string): string => `"text":"${text}"`;

export const workers: Readonly<Record<string, Worker>> = {
  'calls, 2026': async (client, round) => {
    expect(await client.call('modern', 'echo', { text: `m${round}` }), said(`m${round}`));
  },
  'calls, 2025': async (client, round) => {
    expect(await client.call('legacy', 'echo', { text: `l${round}` }), said(`l${round}`));
  },
  'sessions, one in three abandoned': async (client, round) => {
    const headers = await client.openSession();
    for (let call = 0; call < 5; call++) {
      const name = call % 2 === 0 ? 'echo' : 'chatty';
      expect(await client.call('legacy', name, { text: `s${call}` }, { headers }), said(`s${call}`));
    }
    if (round % 3 !== 0) await client.ask({ method: 'DELETE', headers });
  },
  'progress and logs': async (client, round) => {
    const meta = { progressToken: round, 'io.modelcontextprotocol/logLevel': 'debug' };
    const text = await client.call('modern', 'chatty', { text: `p${round}` }, { meta });
    expect(text, said(`p${round}`));
    expect(text, 'notifications/progress');
  },
  programs: async (client, round) => {
    expect(await client.call('modern', 'say', { text: `x${round}` }), `x${round}`);
  },
  aborts: async (client) => {
    await client.call('modern', 'sleeps', {}, { abortAfterMs: 20 });
    await client.call('legacy', 'sleeps', {}, { abortAfterMs: 80 });
  },
  timeouts: async (client) => {
    expect(await client.call('modern', 'too_slow', {}), 'timeout: ', 'resource_exhausted: ');
    expect(await client.call('legacy', 'deaf', { text: 'x' }), 'timeout: ', 'resource_exhausted: ');
  },
  'breaker storm': async (client) => {
    for (let call = 0; call < 10; call++) {
      const alternatives = ['execution_error: ', 'circuit_breaker_open: ', 'resource_exhausted: '];
      expect(await client.call('modern', 'breaks', {}), ...alternatives);
    }
  },
  disconnects: (client) =>
    new Promise((resolve) => {
      const socket = connect(client.port, '127.0.0.1', () => {
        socket.write(`POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${client.port}\r\nContent-Type: application/json\r\n`);
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
