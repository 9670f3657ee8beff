/** A program that is a function: what is written to it, and when, needs no process and no clock. */
import { callTool, TargetPolicy, Tool, type Conversation, type ConversationOptions } from '@mcp/tool-base';
import { expect, onTestFinished, test, vi } from 'vitest';

import { Upstream } from '../upstream.ts';

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly requestId?: number };
}

const RESULTS: Readonly<Record<'2025' | '2026', Readonly<Record<string, object>>>> = {
  '2025': {
    initialize: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } },
    'tools/list': { tools: [{ name: 'wait', inputSchema: { type: 'object' } }] },
  },
  '2026': {
    'server/discover': {
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
      ttlMs: 0,
      cacheScope: 'private',
    },
    'tools/list': { tools: [{ name: 'wait', inputSchema: { type: 'object' } }] },
  },
};

test.each(['2025', '2026'] as const)(
  'a program of the %s era is notified of a cancelled call in the turn of the event loop that cancels it',
  async (era) => {
    const written: Message[] = [];
    const open = async (_spec: unknown, { onLine }: ConversationOptions): Promise<Conversation> => {
      const ended = Promise.withResolvers<Awaited<Conversation['ended']>>();
      const exit = { started: true, exitCode: 0, signal: null, truncated: false, outputBytes: 0 } as const;
      return {
        ended: ended.promise,
        write: async (bytes) => {
          const message = JSON.parse(Buffer.from(bytes).toString()) as Message;
          written.push(message);
          const result = RESULTS[era][message.method];
          const answer = result === undefined ? { error: { code: -32_601, message: 'no' } } : { result };
          if (message.id !== undefined && message.method !== 'tools/call')
            queueMicrotask(() => onLine(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: message.id, ...answer }))));
        },
        [Symbol.asyncDispose]: async () => ended.resolve(exit),
      };
    };
    const upstream = new Upstream({ key: 'up', stdio: { launcher: { open }, command: [process.execPath] } });
    onTestFinished(() => upstream[Symbol.asyncDispose]());
    await upstream.readTools();
    const tool = new Tool(upstream.tools[0]!, { policy: new TargetPolicy({ allowed: [] }) });
    const cancel = new AbortController();
    const call = callTool(tool, { arguments: {}, caller: { name: 'ana' }, signal: cancel.signal });
    await vi.waitFor(() => expect(written.at(-1)?.method).toBe('tools/call'));
    const { id } = written.at(-1)!;
    cancel.abort();
    // Nothing was awaited since.
    expect(written.at(-1)).toMatchObject({ method: 'notifications/cancelled', params: { requestId: id } });
    expect((await call).error?.type).toBe('cancelled');
  },
);
