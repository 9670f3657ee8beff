import { isDeepStrictEqual } from 'node:util';

import { defineTool } from '@mcp/tool-base';
import { pino } from 'pino';
import { expect, test } from 'vitest';

import type { AuditTrail } from '../observability/audit/audit-trail.ts';
import { MemoryEventBus } from '../observability/events/memory-event-bus.ts';
import { testDependencies } from '../transports/mcp/test-support/test-dependencies.ts';

test.each([
  ['tools:call:dig', {}, 'not_found', 'scope_missing:tools:call:ping'],
  ['tools:read', {}, 'forbidden', 'scope_missing:tools:call:ping'],
  [
    'tools:call',
    { withheld: new Map([['ping', 'tools:scope:net']]) },
    'not_found',
    'scope_missing:tools:scope:net (ping)',
  ],
] as const)(
  'a caller with %s that calls a tool beyond it gets what its list says',
  async (scope, more, type, reason) => {
    const published: unknown[] = [];
    const events = new MemoryEventBus();
    events.subscribe((event) => published.push(event));
    const entries: unknown[] = [];
    const audit = { record: (entry: unknown) => void entries.push(entry) } as unknown as AuditTrail;
    const ping = defineTool({ name: 'ping', description: 'P', input: { type: 'object' }, run: () => 'pong' });
    const { gateway } = testDependencies([ping], undefined, { audit, events });
    const principal = { name: 'ann', scopes: [scope], ...more };
    const call = async (name: string): Promise<unknown> =>
      (await gateway.call({ name, arguments: {}, principal, correlationId: 'c-1', origin: {} })).error;
    const [unknown, known] = [await call('gnip'), await call('ping')];
    expect(known).toMatchObject({ type });
    expect(gateway.list(principal).length > 0).toBe(type === 'forbidden');
    const isHidden = type === 'not_found';
    const alike = [isDeepStrictEqual(known, unknown), !JSON.stringify(published).includes('ping')];
    expect(alike).toEqual([isHidden, isHidden]);
    expect(entries).toMatchObject([{ tool: '__unknown__' }, { outcome: type, reason }]);
    expect(entries[0]).not.toHaveProperty('reason');
  },
);

test('why a check of arguments failed is in the log, under the id that the client got', async () => {
  const lines: string[] = [];
  const input = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => {
        throw new TypeError('no table of rules');
      },
    },
  } as const;
  const nightly = defineTool({
    name: 'nightly',
    description: 'Runs as a job',
    job: { mode: 'required' },
    input,
    inputJsonSchema: { type: 'object' },
    run: () => '',
  });
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const { gateway } = testDependencies([nightly], undefined, { logger });
  const checked = await gateway.check({
    name: 'nightly',
    arguments: {},
    principal: { name: 'ann', scopes: ['tools:call'] },
    correlationId: 'c-1',
    origin: {},
  });
  expect(checked).toMatchObject({ error: { type: 'execution_error', correlationId: 'c-1' } });
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { msg: 'tool failed', tool: 'nightly', correlationId: 'c-1', error: { message: 'no table of rules' } },
    { msg: 'call.finished', tool: 'nightly', message: 'The tool failed with an unexpected error.' },
  ]);
});
