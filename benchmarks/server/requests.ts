/** The requests the load is made of, as bytes. Every one carries its own id, which the answer must repeat. */
export type RequestKind = 'echo' | 'tools/call' | 'tools/list' | 'modern tools/call' | 'modern tools/list' | 'program';

export interface RequestTarget {
  readonly port: number;
  readonly kind: RequestKind;
  readonly apiKey?: string | undefined;
  readonly sessionId?: string | undefined;
}

export const LEGACY_VERSION = '2025-11-25';
export const MODERN_VERSION = '2026-07-28';

export const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': MODERN_VERSION,
  'io.modelcontextprotocol/clientInfo': { name: 'load', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

export function requestBytes(target: RequestTarget, id: number): string {
  const message = requestMessage(target.kind, id);
  const body = JSON.stringify(message);
  return headOf(target, target.kind.startsWith('modern '), message.method, body.length) + body;
}

export function requestMessage(kind: RequestKind, id: number): { readonly id: number; readonly method: string } {
  const method = kind.endsWith('tools/list') ? 'tools/list' : 'tools/call';
  const params = {
    ...(method === 'tools/call' && {
      name: kind === 'program' ? 'say' : 'echo',
      arguments: { text: `hello ${id}` },
    }),
    ...(kind.startsWith('modern ') && { _meta: modernMeta }),
  };
  return { jsonrpc: '2.0', id, method, params } as { id: number; method: string };
}

function headOf(target: RequestTarget, modern: boolean, method: string, length: number): string {
  const lines = [
    'POST /mcp HTTP/1.1',
    `Host: 127.0.0.1:${target.port}`,
    'Accept: application/json, text/event-stream',
    'Content-Type: application/json',
    `Content-Length: ${length}`,
  ];
  if (target.apiKey !== undefined) lines.push(`Authorization: Bearer ${target.apiKey}`);
  if (target.sessionId !== undefined) lines.push(`Mcp-Session-Id: ${target.sessionId}`);
  if (modern) {
    lines.push(`MCP-Protocol-Version: ${MODERN_VERSION}`, `Mcp-Method: ${method}`);
    if (method === 'tools/call') lines.push('Mcp-Name: echo');
  } else if (target.kind !== 'echo') lines.push(`MCP-Protocol-Version: ${LEGACY_VERSION}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** The key in `candidates/ours.yaml`. */
export const API_KEY = 'benchmark-key-0123456789abcdef';

export const initializeMessage = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: LEGACY_VERSION, capabilities: {}, clientInfo: { name: 'load', version: '1.0.0' } },
} as const;

/** Opens a 2025-era session. */
export async function openSession(port: number, apiKey: string | undefined): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify(initializeMessage),
  });
  await response.text();
  const id = response.headers.get('mcp-session-id');
  if (id === null) throw new Error(`no session was opened: ${response.status}`);
  return id;
}

/** Plain HTTP, or MCP of the 2026 (modern) or 2025 (legacy) era. */
export type CallRoute = 'http' | 'modern' | 'legacy';

/** A call of the tool `work`, for a client that reads the answers itself. */
export function callOfWork(
  { route, sessionId }: { readonly route: CallRoute; readonly sessionId: string },
  id: number,
): { path: string; headers: Record<string, string>; body: string } {
  const plain = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  if (route === 'http') return { path: '/tools/work/execute', headers: plain, body: '{"arguments":{}}' };
  const params = { name: 'work', arguments: {}, ...(route === 'modern' && { _meta: modernMeta }) };
  const own =
    route === 'modern'
      ? { 'mcp-protocol-version': MODERN_VERSION, 'mcp-method': 'tools/call', 'mcp-name': 'work' }
      : { 'mcp-protocol-version': LEGACY_VERSION, 'mcp-session-id': sessionId };
  return {
    path: '/mcp',
    headers: { ...plain, accept: 'application/json, text/event-stream', ...own },
    body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params }),
  };
}
