import { apiKey } from './server-process.ts';

export interface ModernRequest {
  readonly id: string | number;
  readonly method: string;
  /** With the envelope in `_meta`. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** Posts a request of the 2026 revision about a tool, a task or a resource without an SDK. @returns the JSON of the response */
export async function postModern(serverUrl: string, version: string, request: ModernRequest): Promise<object> {
  const { method, params } = request;
  const response = await fetch(new URL('/mcp', serverUrl), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${apiKey}`,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-protocol-version': version,
      'mcp-method': method,
      'mcp-name': String(params['name'] ?? params['taskId'] ?? params['uri']),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...request }),
  });
  return (await response.json()) as object;
}
