/** 200 calls a second through a load balancer, of clients of both eras and over plain HTTP, whether or not the earlier ones are answered. */
import { Client } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';

import { httpOptions } from '../harness/clients.ts';
import { execute } from '../harness/tool-requests.ts';

const INTERVAL_MS = 5;
const identity = { name: 'e2e', version: '1.0.0' };

export interface Load {
  /** The most calls that were running at the same time. */
  readonly mostRunning: number;
  /** Calls that have been answered. */
  readonly answered: number;
  stop(): Promise<{ readonly calls: number; readonly failed: readonly string[]; readonly slowestMs: number }>;
}

type Call = (word: string) => Promise<unknown>;

export async function startLoad(url: string): Promise<Load> {
  const address = new URL('/mcp', url);
  const legacy = new Client1(identity);
  await legacy.connect(new Http1(address, httpOptions));
  const modern = new Client(identity, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await modern.connect(new Http2(address, httpOptions));
  const kinds: readonly (readonly [string, Call])[] = [
    ['2025', (word) => legacy.callTool({ name: 'say', arguments: { word } })],
    ['2026', (word) => modern.callTool({ name: 'say', arguments: { word } })],
    [
      'plain',
      async (word) => {
        const response = await execute(url, 'say', { word });
        return response.ok ? response.json() : response.status;
      },
    ],
  ];
  const failed: string[] = [];
  const running = new Set<Promise<void>>();
  let [calls, answered, mostRunning, slowestMs] = [0, 0, 0, 0];
  const call = async (): Promise<void> => {
    calls += 1;
    const word = `word ${calls}`;
    const [name, send] = kinds[calls % kinds.length]!;
    const startedMs = performance.now();
    const answer = await send(word).then(JSON.stringify, String);
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    answered += 1;
    if (!answer.includes(`"${word}"`)) failed.push(`${name}: ${answer}`);
  };
  const timer = setInterval(() => {
    const one = call().finally(() => running.delete(one));
    running.add(one);
    mostRunning = Math.max(mostRunning, running.size);
  }, INTERVAL_MS);
  return {
    get mostRunning() {
      return mostRunning;
    },
    get answered() {
      return answered;
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      await Promise.all([legacy.close(), modern.close()]);
      return { calls, failed, slowestMs };
    },
  };
}
