import { fail } from 'node:assert/strict';

import type { StandardSchemaV1 } from '@standard-schema/spec';
import { expect, test } from 'vitest';

import { callTool } from './call-tool.ts';
import { NO_CLIENT_INPUT, type ClientInput } from '../declare/client-requests.ts';
import { TargetPolicy } from '../target/target-policy.ts';
import { defineTool } from '../declare/define-tool.ts';
import { type ToolContext } from '../declare/tool-definition.ts';
import { Tool } from '../tool/tool.ts';

const anything: StandardSchemaV1 = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
};
const form = { type: 'object', properties: {} } as const;
const caller = { name: 'test' };

function toolThat(run: (context: ToolContext) => unknown): Tool {
  const definition = defineTool({
    name: 'asking',
    description: 'Asks',
    input: anything,
    inputJsonSchema: { type: 'object' },
    circuitBreaker: { failureThreshold: 1 },
    run: (_, context) => run(context),
  });
  return new Tool(definition, { policy: new TargetPolicy({ allowed: [] }) });
}

/** A client whose user has not answered yet. */
const unanswered: ClientInput = {
  ...NO_CLIENT_INPUT,
  awaiting: true,
  askUser: () => Promise.reject(new Error('no answer yet')),
};

test('a tool may take the functions of its context apart', async () => {
  const client: ClientInput = { ...NO_CLIENT_INPUT, canAsk: () => true, askUser: async () => ({ action: 'decline' }) };
  const tool = toolThat(async ({ canAsk, askUser }) =>
    canAsk('user') ? (await askUser({ message: 'Well?', form })).action : fail(),
  );
  const result = await callTool(tool, { caller, clientInput: client });
  expect(result.content).toEqual([{ type: 'text', text: 'decline' }]);
});

test('a call that waits for an answer is no outcome, and no failure for the breaker', async () => {
  const tool = toolThat(({ askUser }) => askUser({ message: 'Well?', form }));
  const result = await callTool(tool, { caller, clientInput: unanswered });
  expect(result).toMatchObject({ ok: false, awaitingInput: true });
  expect([...tool.breakers].map(({ state }) => state)).toEqual(['closed']);
});

test('a call that cannot reach the client says so', async () => {
  const tool = toolThat(({ askModel }) => askModel({ prompt: 'Why?', maxTokens: 1 }));
  const result = await callTool(tool, { caller });
  expect(result.awaitingInput).toBeUndefined();
  expect(result.error).toMatchObject({ type: 'tool_error', suggestion: expect.stringContaining('over MCP') });
});
