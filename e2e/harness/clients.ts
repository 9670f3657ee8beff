/**
 * The clients of both SDKs behind one interface with what the tests need. The SDKs use the same names, with
 * incompatible types.
 */
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { apiKey, cleanEnvironment, serverProgram } from './server-process.ts';

export interface ToolAnswer {
  readonly text: string;
  readonly structured: Record<string, unknown> | undefined;
  readonly isError: boolean;
}

export interface TestClient extends AsyncDisposable {
  readonly era: 'modern' | 'legacy';
  toolNames(): Promise<string[]>;
  call(name: string, values: Record<string, unknown>): Promise<ToolAnswer>;
  resourceUris(): Promise<string[]>;
  read(uri: string): Promise<string>;
  promptNames(): Promise<string[]>;
}

export type Where =
  | { readonly transport: 'http'; readonly url: string }
  | { readonly transport: 'stdio'; readonly configFile: string; readonly folder: string };

export interface ClientKind {
  readonly name: string;
  readonly connect: (where: Where) => Promise<TestClient>;
}

type Negotiation = 'auto' | 'legacy' | { pin: string };

interface AnyContent {
  readonly type: string;
  readonly text?: unknown;
}

const identity = { name: 'e2e', version: '1.0.0' };

export const clientKinds: readonly ClientKind[] = [
  { name: 'client 2.x, newest revision', connect: (where) => connect2(where, { pin: '2026-07-28' }) },
  { name: 'client 2.x, automatic', connect: (where) => connect2(where, 'auto') },
  { name: 'client 2.x, 2025 era', connect: (where) => connect2(where, 'legacy') },
  { name: 'sdk 1.x', connect: connect1 },
];

async function connect2(where: Where, mode: Negotiation): Promise<TestClient> {
  const client = new Client2(identity, { versionNegotiation: { mode } });
  await client.connect(
    where.transport === 'http' ? new Http2(new URL('/mcp', where.url), httpOptions) : new Stdio2(stdioOptions(where)),
  );
  return {
    era: client.getProtocolEra() ?? 'legacy',
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, values) => toAnswer(await client.callTool({ name, arguments: values })),
    resourceUris: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    read: async (uri) => textOf((await client.readResource({ uri })).contents[0]),
    promptNames: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

async function connect1(where: Where): Promise<TestClient> {
  const client = new Client1(identity);
  await client.connect(
    where.transport === 'http' ? new Http1(new URL('/mcp', where.url), httpOptions) : new Stdio1(stdioOptions(where)),
  );
  return {
    era: 'legacy',
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, values) => toAnswer(await client.callTool({ name, arguments: values })),
    resourceUris: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    read: async (uri) => textOf((await client.readResource({ uri })).contents[0]),
    promptNames: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

export const httpOptions: { requestInit: { headers: Record<string, string> } } = {
  requestInit: { headers: { authorization: `Bearer ${apiKey}` } },
};

export function stdioOptions(where: { configFile: string; folder: string }): {
  command: string;
  args: string[];
  env: Record<string, string>;
  stderr: 'ignore';
} {
  return {
    command: process.execPath,
    args: [serverProgram, '--config', where.configFile],
    env: cleanEnvironment(where.folder),
    stderr: 'ignore',
  };
}

function toAnswer(result: object): ToolAnswer {
  const { content, structuredContent, isError } = result as {
    content?: readonly AnyContent[];
    structuredContent?: Record<string, unknown>;
    isError?: boolean;
  };
  return {
    text: (content ?? []).map(({ text }) => (typeof text === 'string' ? text : '')).join('\n'),
    structured: structuredContent,
    isError: isError === true,
  };
}

function textOf(contents: object | undefined): string {
  return contents && 'text' in contents && typeof contents.text === 'string' ? contents.text : '';
}
