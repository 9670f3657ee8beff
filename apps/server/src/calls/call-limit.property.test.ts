import { defineTool, Tool, ToolRegistry, type ToolDefinition, type ToolResult } from '@mcp/tool-base';
import { fromJsonSchema } from '@modelcontextprotocol/server';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { AuditTrail } from '../observability/audit/audit-trail.ts';
import { CallLimit } from './call-limit.ts';
import { MemoryEventBus } from '../observability/events/memory-event-bus.ts';
import { loggerTo } from '../observability/log/logger.ts';
import { ToolGateway } from './tool-gateway.ts';
import { noTracer } from '../observability/tracing/call-tracer.ts';

/** Ways for a call to go, the last three of which hold their place until something ends them. */
const ways = [
  'answers',
  'throws',
  'throws_at_once',
  'unknown',
  'forbidden',
  'bad_input',
  'gone',
  'waits',
  'deaf',
  'limited',
];
type Way = (typeof ways)[number];

type Step =
  | { readonly type: 'call'; readonly way: Way }
  | { readonly type: 'abort' | 'finish'; readonly which: number }
  | { readonly type: 'replace' }
  | { readonly type: 'limit'; readonly max: number }
  | { readonly type: 'yieldToEventLoop' };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ type: fc.constant('call'), way: fc.constantFrom(...ways) }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('abort', 'finish'), which: fc.nat(20) }) },
    fc.record({ type: fc.constant('replace') }),
    fc.record({ type: fc.constant('limit'), max: fc.integer({ min: 1, max: 8 }) }),
    fc.record({ type: fc.constant('yieldToEventLoop') }),
  ) as fc.Arbitrary<Step>,
  { maxLength: 40 },
);

const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setup(max: number): {
  limit: CallLimit;
  gateway: ToolGateway;
  recorded: () => number;
  replace: () => void;
  finishers: (() => void)[];
} {
  const finishers: (() => void)[] = [];
  let recorded = 0;
  const input = fromJsonSchema<{ n?: number }>({ type: 'object', properties: { n: { type: 'number' } } });
  const tool = (name: string, run: ToolDefinition['run']): ToolDefinition =>
    defineTool({
      name,
      description: name,
      input,
      limits: { concurrency: 4, queue: { size: 2 }, timeoutMs: 20 },
      run: run as never,
    });
  const waiting: ToolDefinition['run'] = (_, { signal }) =>
    new Promise((resolve, reject) => {
      finishers.push(() => resolve('done'));
      signal.addEventListener('abort', () => reject(new Error('ended')));
    });
  const registry = new ToolRegistry();
  const make = (definition: ToolDefinition): Tool =>
    new Tool(definition, { breakerDefaults: { failureThreshold: 1e6 } });
  const waits = tool('waits', waiting);
  for (const definition of [
    waits,
    tool('answers', () => 'yes'),
    tool('throws', async () => Promise.reject(new Error('no'))),
    tool('throws_at_once', () => {
      throw new Error('no');
    }),
    tool('forbidden', () => 'never'),
    tool('bad_input', () => 'never'),
    tool('gone', () => 'never'),
    tool('limited', () => 'never'),
    // Ignores its abort signal.
    tool('deaf', () => new Promise((resolve) => finishers.push(() => resolve('late')))),
  ]) {
    registry.add(make(definition));
  }
  const limit = new CallLimit(max);
  const gateway = new ToolGateway({
    registry,
    audit: { record: () => recorded++ } as unknown as AuditTrail,
    events: new MemoryEventBus(),
    rateLimiter: {
      take: ({ tool: name }) =>
        name === 'limited' ? { allowed: false as const, retryAfterMs: 5 } : { allowed: true as const, remaining: 1 },
    },
    limit,
    tracer: noTracer,
    logger: loggerTo({ level: 'error', format: 'json' }, { write: () => {} }),
  });
  return {
    limit,
    gateway,
    recorded: () => recorded,
    replace: () => registry.replace('waits', make(waits)),
    finishers,
  };
}

test(
  'however calls end, the limit holds, each is answered once, and every place is returned',
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), steps, async (max, plan) => {
        const { limit, gateway, recorded, replace, finishers } = setup(max);
        const principal = {
          name: 'ann',
          scopes: ways.filter((way) => way !== 'forbidden').map((way) => `tools:call:${way}`),
        };
        const answers: Promise<ToolResult>[] = [];
        const stops: AbortController[] = [];
        const over: boolean[] = [];
        for (const step of plan) {
          switch (step.type) {
            case 'call': {
              const stop = new AbortController();
              if (step.way === 'gone') stop.abort();
              const before = limit.inFlight;
              const arguments_ = step.way === 'bad_input' ? { n: 'x' } : {};
              answers.push(gateway.call({ name: step.way, arguments: arguments_, principal, signal: stop.signal }));
              over.push(limit.inFlight > Math.max(limit.max, before));
              stops.push(stop);
              break;
            }
            case 'abort':
              stops[step.which]?.abort();
              break;
            case 'finish':
              finishers[step.which]?.();
              break;
            case 'replace':
              replace();
              break;
            case 'limit':
              limit.max = step.max;
              break;
            case 'yieldToEventLoop':
              await yieldToEventLoop();
          }
        }
        const results = await Promise.all(answers);
        expect(over).not.toContain(true);
        expect(limit.inFlight).toBe(0);
        expect(recorded()).toBe(results.length);
        const rejected = results.filter(({ error }) => error?.message.includes('The server is full'));
        expect(rejected).toHaveLength(limit.shed);
        for (const { error } of rejected)
          expect(error).toMatchObject({ type: 'resource_exhausted', retryAfterMs: 1000 });
      }),
      { numRuns: 150 },
    );
  },
);

test('a call that fails with a defect returns its place', async () => {
  const { gateway, limit } = setup(1);
  const broken = {
    name: 'answers',
    get scopes(): never {
      throw new Error('defect');
    },
  };
  await expect(gateway.call({ name: 'answers', arguments: {}, principal: broken })).rejects.toThrow('defect');
  expect(limit.inFlight).toBe(0);
});
