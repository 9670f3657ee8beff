import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, test } from 'vitest';

import { defineTool } from '../declare/define-tool.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { Tool } from '../tool/tool.ts';
import { callTool } from './call-tool.ts';

type Validate = StandardSchemaV1.Props['validate'];

const schemaOf = (validate: Validate): StandardSchemaV1<Record<string, unknown>> =>
  ({ '~standard': { version: 1, vendor: 'test', validate } }) as StandardSchemaV1<Record<string, unknown>>;

const clock = new ManualClock();

function toolWith(input: Validate, output?: Validate): Tool {
  const definition = defineTool({
    name: 'checked',
    description: 'Has schemas of its own',
    input: schemaOf(input),
    inputJsonSchema: { type: 'object' },
    ...(output && { output: schemaOf(output), outputJsonSchema: { type: 'object' } }),
    run: () => ({ a: 1 }),
  });
  return new Tool(definition, { clock });
}

const passes: Validate = (value) => ({ value });
const failing: readonly (readonly [string, Validate])[] = [
  [
    'throws',
    () => {
      throw new TypeError('of /srv/secret');
    },
  ],
  ['rejects', () => Promise.reject(new TypeError('of /srv/secret'))],
  ['gives no result', () => undefined as never],
];

describe.each(failing)('a schema that %s is a failure of the tool, and the log names both', (_, validate) => {
  test.each([
    ['input', toolWith(validate)],
    ['output', toolWith(passes, validate)],
  ])('for %s', async (__, tool) => {
    const logged: unknown[] = [];
    const operatorLog = {
      warn: (...line: unknown[]) => logged.push(line),
      error: (...line: unknown[]) => logged.push(line),
    };
    const { error } = await callTool(tool, {
      arguments: {},
      caller: { name: 'test' },
      operatorLog: operatorLog as never,
    });
    expect(error).toMatchObject({ type: 'execution_error', message: 'The tool failed with an unexpected error.' });
    expect(error?.suggestion).not.toContain('defect of the server');
    expect(logged).toMatchObject([['tool failed', { tool: 'checked', error: { type: 'TypeError' } }]]);
  });
});

describe('a schema that does not end', () => {
  const never: Validate = () => new Promise(() => {});

  test('is waited for as long as its tool may run', async () => {
    const tool = toolWith(never);
    const ended = callTool(tool, { arguments: {}, caller: { name: 'test' } });
    clock.advance(tool.limits.timeoutMs);
    expect((await ended).error?.type).toBe('timeout');
  });

  test('ends with its call', async () => {
    const aborting = new AbortController();
    const ended = callTool(toolWith(never), { arguments: {}, caller: { name: 'test' }, signal: aborting.signal });
    aborting.abort();
    expect((await ended).error?.type).toBe('cancelled');
    expect(clock.pendingTimers).toBe(0);
  });
});
