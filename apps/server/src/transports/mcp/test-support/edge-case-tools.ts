/** Tools that answer in every way a tool can, for the comparison of the fast path with the SDK. */
import {
  defineTool,
  fromJsonSchema,
  Tool,
  ToolError,
  toolContent,
  ToolRegistry,
  type ToolDefinition,
} from '@mcp/tool-base';

import type { AuditTrail } from '../../../observability/audit/audit-trail.ts';
import { CallLimit } from '../../../calls/call-limit.ts';
import { MemoryEventBus } from '../../../observability/events/memory-event-bus.ts';
import { loggerTo } from '../../../observability/log/logger.ts';
import type { ToolGateway, ToolGatewayDependencies } from '../../../calls/tool-gateway.ts';
import { noTracer } from '../../../observability/tracing/call-tracer.ts';
import { PromptCatalog } from '../../../catalog/prompts.ts';
import { testJobs } from './test-dependencies.ts';
import type { ProtocolDependencies } from '../protocol/protocol-dependencies.ts';
import { ToolListing } from '../protocol/tool-listing.ts';

const anyObject = fromJsonSchema({ type: 'object', properties: { text: {}, n: {} } });
const textOnly = fromJsonSchema<{ text: string }>({
  type: 'object',
  properties: { text: { type: 'string', maxLength: 20 } },
  required: ['text'],
});
const total = { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] } as const;
const mirrored = fromJsonSchema<{ text?: string }>({
  type: 'object',
  properties: { text: { type: 'string', 'x-mcp-header': 'Text' } },
});
const run = { description: 'A tool of the test', input: anyObject, limits: { concurrency: 100 } };
const form = { type: 'object', properties: { ok: { type: 'boolean' } } } as const;
export const edgeCaseTools: readonly ToolDefinition[] = [
  defineTool({ ...run, name: 'echo', input: textOnly, run: ({ text }) => text }),
  defineTool({ ...run, name: 'mirrored', input: mirrored, run: () => 'seen' }),
  defineTool({ ...run, name: 'nothing', run: () => undefined }),
  defineTool({ ...run, name: 'controls', run: () => 'a\u0007b\u2028c\u{1f600}\u0000"\\' }),
  defineTool({ ...run, name: 'structured', run: ({ n }) => ({ n, list: [1, { a: null }], text: 'ä' }) }),
  defineTool({ ...run, name: 'sum', output: fromJsonSchema(total), run: () => ({ total: 3 }) }),
  defineTool({ ...run, name: 'bad_sum', output: fromJsonSchema(total), run: () => ({ total: 'three' }) }),
  defineTool({ ...run, name: 'async', run: async ({ text }) => `got ${String(await text)}` }),
  defineTool({ ...run, name: 'later', run: () => new Promise((resolve) => setImmediate(() => resolve('at last'))) }),
  defineTool({ ...run, name: 'refuses', run: () => Promise.reject(new ToolError('tool_error', 'Not today.')) }),
  defineTool({
    ...run,
    name: 'picture',
    run: () =>
      toolContent({
        content: [
          { type: 'image', data: 'AAAA', mimeType: 'image/png' },
          { type: 'text', text: 'seen' },
        ],
        structured: { seen: true },
      }),
  }),
  defineTool({
    ...run,
    name: 'annotated',
    run: () => toolContent({ content: [{ type: 'text', text: 'x', annotations: { priority: 1 } } as never] }),
  }),
  defineTool({
    ...run,
    name: 'malformed',
    run: () => toolContent({ content: [{ type: 'text', text: 'x' }, { type: 'image' } as never] }),
  }),
  defineTool({
    ...run,
    name: 'talkative',
    run: async (_, { log }) => {
      log.info('one', { step: 1 });
      await Promise.resolve();
      log.warn('two');
      return 'done';
    },
  }),
  defineTool({
    ...run,
    name: 'curious',
    run: async (_, context) => (await context.askUser({ message: 'Well?', form })).action,
  }),
  defineTool({ ...run, name: 'careful', run: (_, { canAsk }) => `${canAsk('user')} ${canAsk('roots')}` }),
  defineTool({
    ...run,
    name: 'cyclic_later',
    run: () => {
      const result: Record<string, unknown> = { a: 1 };
      queueMicrotask(() => void (result['self'] = result));
      return result;
    },
  }),
  defineTool({ ...run, name: 'off', run: () => 'never' }),
];

/** Ends only when its caller gives up. */
export const waiting: ToolDefinition = defineTool({
  ...run,
  name: 'waits',
  run: (_, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('ended')))),
});

/** The parts of an endpoint with these tools, whose answers do not depend on what was asked before. */
export function edgeCaseDependencies(
  makeGateway: (parts: ToolGatewayDependencies) => ToolGateway,
  tools: readonly ToolDefinition[] = edgeCaseTools,
): ProtocolDependencies {
  const registry = new ToolRegistry();
  // An open breaker would make answers depend on the order of the cases.
  const breakerDefaults = { failureThreshold: 1_000_000 };
  for (const definition of tools) registry.add(new Tool(definition, { breakerDefaults }));
  registry.disable('off');
  const audit: Pick<AuditTrail, 'record'> = { record: () => {} };
  const gateway = makeGateway({
    registry,
    audit: audit as AuditTrail,
    events: new MemoryEventBus(),
    rateLimiter: { take: () => ({ allowed: true, remaining: 1 }) },
    limit: new CallLimit(100_000),
    tracer: noTracer,
    logger: loggerTo({ level: 'error', format: 'json' }, { write: () => {} }),
  });
  return {
    gateway,
    jobs: testJobs(gateway),
    listing: new ToolListing(gateway),
    resources: [],
    prompts: new PromptCatalog([], () => {}),
    version: '1.2.3',
    instructions: () => 'Be careful.',
    onError: () => {},
  };
}
