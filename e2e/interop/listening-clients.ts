/** Clients of both SDKs that receive progress, log messages, list changes, resource updates and input requests. */
import {
  Client as Client2,
  LOG_LEVEL_META_KEY,
  StreamableHTTPClientTransport as Http2,
} from '@modelcontextprotocol/client';
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';

import { httpOptions, stdioOptions, type Where } from '../harness/clients.ts';

export interface Heard {
  /** How many list_changed notifications for tools have arrived. */
  toolLists: number;
  readonly resources: string[];
  readonly logs: unknown[];
  readonly progress: number[];
}

export interface ListeningClient extends AsyncDisposable {
  readonly heard: Heard;
  /** Subscribes to log messages and to updates of this resource. */
  listen(uri: string): Promise<void>;
  call(name: string, values?: Record<string, unknown>, signal?: AbortSignal): Promise<string>;
  toolNames(): Promise<string[]>;
  prompt(name: string, values: Record<string, string>): Promise<string>;
  complete(prompt: string, argument: string, value: string): Promise<string[]>;
}

export interface ListeningKind {
  readonly name: string;
  readonly connect: (where: Where) => Promise<ListeningClient>;
}

export const listeningKinds: readonly ListeningKind[] = [
  { name: 'client 2.x, newest revision', connect: (where) => connect2(where, { pin: '2026-07-28' }) },
  { name: 'client 2.x, 2025 era', connect: (where) => connect2(where, 'legacy') },
  { name: 'sdk 1.x', connect: connect1 },
];

const identity = { name: 'e2e', version: '1.0.0' };
const capabilities = { elicitation: {}, sampling: {} };
const person = { action: 'accept' as const, content: { name: 'Ann' } };
const greeting = {
  role: 'assistant' as const,
  content: { type: 'text' as const, text: 'Good day, Ann' },
  model: 'test',
};

function nothingHeard(): Heard {
  return { toolLists: 0, resources: [], logs: [], progress: [] };
}

async function connect2(where: Where, mode: 'legacy' | { pin: string }): Promise<ListeningClient> {
  const heard = nothingHeard();
  const client = new Client2(identity, { capabilities, versionNegotiation: { mode } });
  client.setNotificationHandler('notifications/tools/list_changed', () => void (heard.toolLists += 1));
  client.setNotificationHandler(
    'notifications/resources/updated',
    ({ params }) => void heard.resources.push(params.uri),
  );
  client.setNotificationHandler('notifications/message', ({ params }) => void heard.logs.push(params.data));
  client.setRequestHandler('elicitation/create', () => person);
  client.setRequestHandler('sampling/createMessage', () => greeting);
  await client.connect(
    where.transport === 'http' ? new Http2(new URL('/mcp', where.url), httpOptions) : new Stdio2(stdioOptions(where)),
  );
  const modern = client.getProtocolEra() === 'modern';
  return {
    heard,
    async listen(uri) {
      if (modern) await client.listen({ toolsListChanged: true, resourceSubscriptions: [uri] });
      else await client.subscribeResource({ uri });
    },
    async call(name, values = {}, signal) {
      const params = { name, arguments: values, ...(modern && { _meta: { [LOG_LEVEL_META_KEY]: 'info' as const } }) };
      const options = { onprogress: ({ progress }: { progress: number }) => void heard.progress.push(progress) };
      return textIn(await client.callTool(params, { ...options, ...(signal && { signal }) }));
    },
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    prompt: async (name, values) => textIn(await client.getPrompt({ name, arguments: values })),
    complete: async (name, argument, value) =>
      (await client.complete({ ref: { type: 'ref/prompt', name }, argument: { name: argument, value } })).completion
        .values,
    [Symbol.asyncDispose]: () => client.close(),
  };
}

async function connect1(where: Where): Promise<ListeningClient> {
  const heard = nothingHeard();
  const client = new Client1(identity, { capabilities });
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => void (heard.toolLists += 1));
  client.setNotificationHandler(
    ResourceUpdatedNotificationSchema,
    ({ params }) => void heard.resources.push(params.uri),
  );
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void heard.logs.push(params.data));
  client.setRequestHandler(ElicitRequestSchema, () => person);
  client.setRequestHandler(CreateMessageRequestSchema, () => greeting);
  await client.connect(
    where.transport === 'http' ? new Http1(new URL('/mcp', where.url), httpOptions) : new Stdio1(stdioOptions(where)),
  );
  return {
    heard,
    listen: async (uri) => void (await client.subscribeResource({ uri })),
    async call(name, values = {}, signal) {
      const options = { onprogress: ({ progress }: { progress: number }) => void heard.progress.push(progress) };
      const result = await client.callTool({ name, arguments: values }, undefined, {
        ...options,
        ...(signal && { signal }),
      });
      return textIn(result);
    },
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    prompt: async (name, values) => textIn(await client.getPrompt({ name, arguments: values })),
    complete: async (name, argument, value) =>
      (await client.complete({ ref: { type: 'ref/prompt', name }, argument: { name: argument, value } })).completion
        .values,
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The first text of a tool's result or a prompt. */
function textIn(result: object): string {
  const { content, messages } = result as { content?: unknown[]; messages?: { content: unknown }[] };
  const [block] = content ?? messages?.map((message) => message.content) ?? [];
  return typeof block === 'object' && block !== null && 'text' in block ? String(block.text) : '';
}
