/** What the servers without MCP answer, and how every candidate says where it listens. */
import type { AddressInfo } from 'node:net';

interface Message {
  readonly id: number;
  readonly method: string;
  readonly params: { readonly arguments?: { readonly text?: string } };
}

const listed = Array.from({ length: Number(process.env['BENCH_TOOLS'] ?? 1) }, (_, index) => ({
  name: index === 0 ? 'echo' : `echo_${index}`,
  description: 'Says it again',
  inputSchema: {
    type: 'object',
    properties: { text: { type: 'string', maxLength: 1000, description: 'What to say' } },
    required: ['text'],
    additionalProperties: false,
  },
}));

export function answerTo(message: unknown): object {
  const { id, method, params } = message as Message;
  if (method === 'tools/list') return { jsonrpc: '2.0', id, result: { tools: listed } };
  return { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: params.arguments?.text ?? '' }] } };
}

export function ready(address: AddressInfo | string | null): void {
  const { port } = address as AddressInfo;
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
}
