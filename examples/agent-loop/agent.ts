/**
 * The loop of an agent, with any model: list the tools, let the model choose, call, hand the answer back, until it is done.
 * Two rules make it a good guest: an error goes to the model with the server's suggestion, and `retryAfterMs` is obeyed.
 */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

export interface ToolChoice {
  readonly tool: string;
  readonly arguments: Record<string, unknown>;
}

/** What the model sees: the tools, and what its calls so far brought. */
export interface Conversation {
  readonly tools: readonly { readonly name: string; readonly description?: string | undefined }[];
  readonly turns: readonly { readonly choice: ToolChoice; readonly isError: boolean; readonly text: string }[];
}

/** Chooses the next call, or answers the person. */
export type Model = (conversation: Conversation) => ToolChoice | { readonly answer: string };

export interface AgentOptions {
  readonly url: string;
  readonly key: string;
  readonly model: Model;
  readonly sleep: (ms: number) => Promise<void>;
  /** @default 20 */
  readonly maxTurns?: number;
}

export async function runAgent({ url, key, model, sleep, maxTurns = 20 }: AgentOptions): Promise<string> {
  const client = new Client({ name: 'example-agent', version: '1.0.0' });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit }));
  try {
    const { tools } = await client.listTools();
    const turns: Conversation['turns'][number][] = [];
    while (turns.length < maxTurns) {
      const next = model({ tools, turns });
      if ('answer' in next) return next.answer;
      const result = await client.callTool({ name: next.tool, arguments: next.arguments });
      const text = result.content.map((block) => (block.type === 'text' ? block.text : `[${block.type}]`)).join('\n');
      const isError = result.isError ?? false;
      turns.push({ choice: next, isError, text });
      const waitMs = isError ? retryAfterMs(result._meta) : undefined;
      // Waiting is cheaper than a model that asks again and again.
      if (waitMs !== undefined) await sleep(waitMs);
    }
    return 'I gave up: too many turns.';
  } finally {
    await client.close();
  }
}

/** In milliseconds; the text of the error says it to the model, rounded up to seconds. */
function retryAfterMs(meta: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const error = meta?.['mcp-server/error'] as { readonly retryAfterMs?: number } | undefined;
  return error?.retryAfterMs;
}
