/** Libraries that give the tools of MCP servers to a model, with a model of ours that calls one tool and keeps what it reads. */
import { createMCPClient } from '@ai-sdk/mcp';
import { MultiServerMCPClient, type ClientConfig } from '@langchain/mcp-adapters';
import {
  Agent,
  MCPServerStreamableHttp,
  run,
  setTracingDisabled,
  Usage,
  type Model,
  type ModelRequest,
} from '@openai/agents';
import { generateText, stepCountIs } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';

import { apiKey } from './server-process.ts';

export interface AgentLibrary {
  readonly name: string;
  /** @param url of the server */
  readonly connect: (url: string) => Promise<ConnectedAgent>;
}

export interface ConnectedAgent extends AsyncDisposable {
  toolNames(): Promise<string[]>;
  /** Everything that the model is given as the result of the call. */
  modelReads(tool: string, values: Readonly<Record<string, unknown>>): Promise<string>;
}

const headers = { authorization: `Bearer ${apiKey}` };

export const agentLibraries: readonly AgentLibrary[] = [
  { name: 'LangChain', connect: connectLangChain },
  { name: 'AI SDK', connect: connectAiSdk },
  { name: 'OpenAI Agents SDK', connect: connectOpenAiAgents },
];

/** As docs/clients.md has it: LangChain puts structured content beside the text, and both before the model. */
const afterToolCall: ClientConfig['afterToolCall'] = ({ result: [content, artifact] }) => ({
  result: [
    typeof content === 'string'
      ? content
      : content.map((block) => (block.type === 'text' ? { type: 'text', text: block.text } : block)),
    artifact,
  ],
});

async function connectLangChain(url: string): Promise<ConnectedAgent> {
  const mcpServers = { e2e: { transport: 'http', url: `${url}/mcp`, headers } } as const;
  const client = new MultiServerMCPClient({ mcpServers, afterToolCall });
  const tools = await client.getTools();
  return {
    toolNames: async () => tools.map(({ name }) => name),
    async modelReads(name, values) {
      const tool = tools.find((candidate) => candidate.name === name);
      // Called as by a model, the tool returns the message that the model reads.
      const message = (await tool?.invoke({ type: 'tool_call', id: 'call', name, args: { ...values } })) as {
        readonly content: unknown;
      };
      return textOf(message.content);
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

async function connectAiSdk(url: string): Promise<ConnectedAgent> {
  const client = await createMCPClient({ transport: { type: 'http', url: `${url}/mcp`, headers } });
  const tools = await client.tools();
  return {
    toolNames: async () => Object.keys(tools),
    async modelReads(toolName, values) {
      const usage = {
        inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
        outputTokens: { total: 0, text: 0, reasoning: 0 },
      };
      const input = JSON.stringify(values);
      const model = new MockLanguageModelV4({
        doGenerate: [
          {
            content: [{ type: 'tool-call', toolCallId: 'call', toolName, input }],
            finishReason: { unified: 'tool-calls', raw: undefined },
            usage,
            warnings: [],
          },
          {
            content: [{ type: 'text', text: 'done' }],
            finishReason: { unified: 'stop', raw: undefined },
            usage,
            warnings: [],
          },
        ],
      });
      await generateText({ model, tools, prompt: 'go', stopWhen: stepCountIs(2) });
      const prompt = model.doGenerateCalls[1]?.prompt ?? [];
      const parts = prompt.flatMap((message) => (message.role === 'tool' ? message.content : []));
      return parts
        .map((part) => (part.type === 'tool-result' ? textOf((part.output as { value?: unknown }).value) : ''))
        .join('');
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

async function connectOpenAiAgents(url: string): Promise<ConnectedAgent> {
  setTracingDisabled(true);
  const server = new MCPServerStreamableHttp({ url: `${url}/mcp`, requestInit: { headers } });
  await server.connect();
  return {
    toolNames: async () => (await server.listTools()).map(({ name }) => name),
    async modelReads(name, values) {
      const requests: ModelRequest[] = [];
      const model: Model = {
        getResponse(request) {
          requests.push(request);
          const call = { type: 'function_call', callId: 'call', name, arguments: JSON.stringify(values) } as const;
          const text = { type: 'output_text', text: 'done' } as const;
          const message = { type: 'message', role: 'assistant', status: 'completed', content: [text] } as const;
          return Promise.resolve({
            usage: new Usage(),
            output: [
              requests.length === 1 ? { ...call, status: 'completed' as const } : { ...message, content: [text] },
            ],
          });
        },
        getStreamedResponse() {
          throw new Error('Nothing here reads a stream.');
        },
      };
      await run(new Agent({ name: 'e2e', model, mcpServers: [server] }), 'go');
      const { input = [] } = requests[1] ?? {};
      const items = typeof input === 'string' ? [] : input;
      return items.map((item) => (item.type === 'function_call_result' ? textOf(item.output) : '')).join('');
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** The texts of a result in any of the shapes that the libraries send to a model; what is not text counts as its JSON. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map(textOf).join('');
  const { text } = (content ?? {}) as { readonly text?: unknown };
  return typeof text === 'string' ? text : JSON.stringify(content);
}
