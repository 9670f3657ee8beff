import { connect } from 'node:net';

import { defineTool, type ToolDefinition } from '@mcp/tool-base';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';

import { systemClock } from '../../foundation/clock.ts';
import { addressOf } from './pinned-address.ts';

const states = ['open', 'closed', 'no_answer', 'unreachable'] as const;
type PortState = (typeof states)[number];

const stateOf = new Map<string, PortState>([
  ['ECONNREFUSED', 'closed'],
  ['ECONNRESET', 'closed'],
  ['ETIMEDOUT', 'no_answer'],
]);

/** `tcp_check`: does anything listen on a port. "Closed" is an answer, not a failure of the tool. */
export const tcpCheck: ToolDefinition = defineTool({
  name: 'tcp_check',
  title: 'TCP port check',
  description:
    'Check whether a TCP port accepts connections. Answers open, closed (refused), no_answer (nothing came back within waitMs, often a firewall) or unreachable. Sends no data.',
  input: toStandardJsonSchema(
    v.strictObject({
      target: v.pipe(v.string(), v.description('Host name or IPv4 address')),
      port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
      waitMs: v.optional(
        v.pipe(v.number(), v.integer(), v.minValue(50), v.maxValue(10_000), v.description('How long to wait')),
        3000,
      ),
    }),
  ),
  output: toStandardJsonSchema(
    v.object({
      target: v.string(),
      address: v.string(),
      port: v.number(),
      state: v.picklist(states),
      connectMs: v.number(),
    }),
  ),
  annotations: { readOnlyHint: true, idempotentHint: true, destructiveHint: false, openWorldHint: true },
  target: { parameter: 'target', kind: 'ip_or_host', resolve: 'pin' },
  limits: { timeoutMs: 15_000, concurrency: 8 },
  async run({ target, port, waitMs }, context) {
    const address = addressOf(context);
    const startedMs = systemClock.monotonicMs();
    const state = await probe(address, port, waitMs, context.signal);
    return { target, address, port, state, connectMs: Math.round(systemClock.monotonicMs() - startedMs) };
  },
});

function probe(host: string, port: number, waitMs: number, signal: AbortSignal): Promise<PortState> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const finish = (state: PortState): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(state);
    };
    const abort = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.setTimeout(waitMs, () => finish('no_answer'));
    socket.once('connect', () => finish('open'));
    socket.once('error', (error: NodeJS.ErrnoException) => finish(stateOf.get(error.code ?? '') ?? 'unreachable'));
  });
}
