/** Clients of the 2025 era stay connected while the server restarts: their session ids outlive the process. */
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { MultiServerMCPClient } from '@langchain/mcp-adapters';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { httpOptions } from '../harness/clients.ts';
import {
  apiKey,
  freePort,
  scratch,
  startHttpServer,
  type HttpServerProcess,
  type Scratch,
} from '../harness/server-process.ts';

interface Connected extends AsyncDisposable {
  shout(word: string): Promise<string>;
  /** Notifications of a changed list of tools; `undefined` for a client that does not show them. */
  readonly listChanges: (() => number) | undefined;
}

let place: Scratch;
let port: number;
let server: HttpServerProcess;

/** With the same configuration folder, and so with the same secret. */
async function start(): Promise<void> {
  server = await startHttpServer({ port, env: { XDG_CONFIG_HOME: place.folder } });
}
beforeEach(async () => {
  place = scratch();
  port = await freePort();
  await start();
});
afterEach(async () => {
  await server.stop();
  place[Symbol.dispose]();
});

async function restart(): Promise<void> {
  await server.stop();
  await start();
}

const clients = [
  {
    name: 'sdk 1.x',
    connect: async (url: string): Promise<Connected> => {
      const client = new Client1({ name: 'e2e', version: '1.0.0' });
      let changes = 0;
      client.setNotificationHandler(ToolListChangedNotificationSchema, () => void changes++);
      await client.connect(new Http1(new URL('/mcp', url), httpOptions));
      return {
        shout: async (word) => textOf(await client.callTool({ name: 'shout', arguments: { word } })),
        listChanges: () => changes,
        [Symbol.asyncDispose]: () => client.close(),
      };
    },
  },
  {
    name: 'client 2.x in the 2025 era',
    connect: async (url: string): Promise<Connected> => {
      const client = new Client2({ name: 'e2e', version: '1.0.0' }, { versionNegotiation: { mode: 'legacy' } });
      let changes = 0;
      client.setNotificationHandler('notifications/tools/list_changed', () => void changes++);
      await client.connect(new Http2(new URL('/mcp', url), httpOptions));
      return {
        shout: async (word) => textOf(await client.callTool({ name: 'shout', arguments: { word } })),
        listChanges: () => changes,
        [Symbol.asyncDispose]: () => client.close(),
      };
    },
  },
  {
    name: 'LangChain',
    connect: async (url: string): Promise<Connected> => {
      const client = new MultiServerMCPClient({
        mcpServers: {
          e2e: { transport: 'http', url: `${url}/mcp`, headers: { authorization: `Bearer ${apiKey}` } },
        },
      });
      const tools = await client.getTools();
      return {
        shout: async (word) => JSON.stringify(await tools.find(({ name }) => name === 'shout')?.invoke({ word })),
        listChanges: undefined,
        [Symbol.asyncDispose]: () => client.close(),
      };
    },
  },
];

function textOf(result: object): string {
  const { content } = result as { content?: readonly { readonly text?: string }[] };
  return content?.map(({ text }) => text).join('') ?? '';
}

function disable(tool: string): Promise<Response> {
  const headers = { authorization: `Bearer ${apiKey}` };
  return fetch(`${server.url}/tools/${tool}/disable`, { method: 'POST', headers });
}

describe.each(clients)('$name', ({ connect }) => {
  test('calls tools before and after a restart in one session', async () => {
    await using client = await connect(server.url);
    expect(await client.shout('before')).toContain('before');
    await restart();
    expect(await client.shout('after')).toContain('after');
    await restart();
    expect(await client.shout('again')).toContain('again');
  });
});

describe.each(clients.slice(0, 2))('$name', ({ connect }) => {
  test('is notified of changes again after a restart', async () => {
    await using client = await connect(server.url);
    await client.shout('before');
    await restart();
    // The client opens its stream again by itself; a change in between goes unnoticed.
    const metrics = async (): Promise<string> =>
      (await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${apiKey}` } })).text();
    await expect.poll(metrics, { interval: 200 }).toMatch(/^mcp_streams_open 1$/mu);
    await disable('slow');
    await expect.poll(() => client.listChanges?.()).toBeGreaterThan(0);
  });
});
