/** The real parts behind a protocol instance, with nothing that reaches outside the process. */
import { defineTool, TargetPolicy, Tool, ToolRegistry, type ToolDefinition } from '@mcp/tool-base';
import { fromJsonSchema } from '@modelcontextprotocol/server';
import { pino } from 'pino';

import { AuditTrail } from '../../../observability/audit/audit-trail.ts';
import { openAuditStore } from '../../../observability/audit/open-audit-store.ts';
import { CallLimit } from '../../../calls/call-limit.ts';
import { JobCalls, type LoadJobs } from '../../../calls/job-calls.ts';
import { MemoryEventBus } from '../../../observability/events/memory-event-bus.ts';
import { MemoryRateLimiter } from '../../../rate-limit/memory-rate-limiter.ts';
import { ExecutionTools } from '../../../calls/execution-tools/execution-tools.ts';
import { ToolGateway, type ToolGatewayDependencies } from '../../../calls/tool-gateway.ts';
import { noTracer } from '../../../observability/tracing/call-tracer.ts';
import { PromptCatalog } from '../../../catalog/prompts.ts';
import type { ProtocolDependencies, ProtocolJobs } from '../protocol/protocol-dependencies.ts';
import { ToolListing } from '../protocol/tool-listing.ts';

export interface TestDependencies extends ProtocolDependencies {
  readonly registry: ToolRegistry;
  readonly audit: AuditTrail;
}

const pool = { poolSize: 1, maxOverflow: 0, poolTimeoutMs: 1000, poolRecycleMs: 1000 };

export function testDependencies(
  tools: readonly ToolDefinition[] = [echo],
  limit: CallLimit = new CallLimit(1000),
  more: Partial<ToolGatewayDependencies> = {},
  loadJobs?: LoadJobs,
): TestDependencies {
  const registry = new ToolRegistry();
  for (const definition of tools) registry.add(new Tool(definition, { policy: new TargetPolicy({ allowed: [] }) }));
  for (const tool of more.search?.tools ?? []) registry.add(tool);
  const audit = new AuditTrail({ store: openAuditStore('', pool) });
  const executions =
    loadJobs &&
    new ExecutionTools({ registry, recorder: undefined, calls: () => jobs.calls, hasOutputFolder: () => false });
  const gateway = new ToolGateway({
    registry,
    executions,
    audit,
    events: new MemoryEventBus(),
    rateLimiter: new MemoryRateLimiter({ requests: 10_000, windowMs: 1000 }),
    limit,
    tracer: noTracer,
    logger: pino({ enabled: false }),
    ...more,
  });
  const jobs = testJobs(gateway, loadJobs);
  return {
    registry,
    audit,
    gateway,
    jobs,
    listing: new ToolListing(gateway),
    resources: [{ uri: 'test://note', name: 'note', read: () => 'a note' }],
    prompts: new PromptCatalog([]),
    version: '0.0.0',
    instructions: () => 'Be careful.',
    onError: () => {},
  };
}

/** A task after 1 s, a handle after 20 s. */
export function testJobs(
  gateway: ToolGateway,
  load: LoadJobs = () => Promise.reject(new Error('This test has no jobs.')),
): ProtocolJobs {
  return { calls: new JobCalls(gateway, load), waits: () => ({ taskAfterMs: 1000, inlineWaitMs: 20_000 }) };
}

/** Answers with the text it is given. */
const echo: ToolDefinition = defineTool({
  name: 'echo',
  description: 'Repeats a text',
  input: fromJsonSchema<{ text: string }>({
    type: 'object',
    properties: { text: { type: 'string' } },
    required: ['text'],
    additionalProperties: false,
  }),
  run: ({ text }) => text,
});
