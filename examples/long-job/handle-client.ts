/** A client of the 2025 era, whose protocol has no tasks: it gets a handle, and follows it with the tool `execution_status`. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

interface Handle {
  readonly executionId: string;
  /** Null once it has ended. */
  readonly pollAfterMs: number | null;
}

export interface FollowedCall {
  readonly texts: readonly string[];
  /** How often the status was asked for. */
  readonly asked: number;
}

export async function callTool(
  { url, key }: { readonly url: string; readonly key: string },
  name: string,
  values: Record<string, unknown>,
): Promise<FollowedCall> {
  const client = new Client({ name: 'long-job', version: '1.0.0' });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit }));
  try {
    let answer = await client.callTool({ name, arguments: values });
    let asked = 0;
    // A model does this by itself: the text of the answer says so.
    for (let handle = handleOf(answer); handle && handle.pollAfterMs !== null; handle = handleOf(answer)) {
      asked += 1;
      const { executionId } = handle;
      answer = await client.callTool({ name: 'execution_status', arguments: { executionId, waitMs: 20_000 } });
    }
    const content = answer.content as readonly { readonly text?: string }[];
    return { texts: content.flatMap(({ text }) => text ?? []), asked };
  } finally {
    await client.close();
  }
}

function handleOf(answer: object): Handle | undefined {
  const { structuredContent: known } = answer as { readonly structuredContent?: Partial<Handle> };
  return known?.executionId === undefined ? undefined : (known as Handle);
}
