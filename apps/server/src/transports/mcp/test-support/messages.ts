/** Messages as clients send them, and what came back. */
const ACCEPT = 'application/json, text/event-stream';

export interface Message {
  readonly method: string;
  readonly id?: number | string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export const initialize: Message = {
  method: 'initialize',
  id: 0,
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1.0.0' } },
};

/** The envelope of a 2026-revision request. */
export const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

export function post(message: Message, headers: Record<string, string> = {}): { request: Request; body: unknown } {
  const body = { jsonrpc: '2.0', ...message };
  const request = new Request('http://127.0.0.1/mcp', {
    method: 'POST',
    headers: { accept: ACCEPT, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { request, body };
}

/** The JSON-RPC answer in a body that is JSON or a stream of events; notifications before it are passed over. */
export async function answerIn(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return parse(text);
  const messages = text.split('\n').filter((line) => line.startsWith('data: {'));
  return messages.map((line) => parse(line.slice('data: '.length))).find((message) => 'id' in message) ?? {};
}

function parse(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}
