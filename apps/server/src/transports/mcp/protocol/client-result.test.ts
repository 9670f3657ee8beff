import { callTool, defineCommandTool, directLauncher, Tool } from '@mcp/tool-base';
import { afterAll, expect, test } from 'vitest';

import { clientResult } from './client-result.ts';

const launcher = directLauncher();
afterAll(() => launcher[Symbol.asyncDispose]());
const langChain = { name: '@langchain/mcp-adapters' };

async function printf(text: string, successExitCodes: readonly number[], client?: { name: string }): Promise<object> {
  const definition = defineCommandTool({
    name: 'p',
    description: 'A program',
    command: 'printf',
    args: [text],
    successExitCodes,
  });
  const tool = new Tool(definition, { launcher });
  return clientResult(await callTool(tool, { arguments: {}, caller: { name: 'test' } }), tool, client);
}

test('a client that shows _meta to its model gets the text of a program alone', async () => {
  expect(await printf('a', [0], langChain)).toEqual({ content: [{ type: 'text', text: 'a' }] });
});

test.each([undefined, { name: 'another' }])('the client %j gets the facts of the run in _meta', async (client) => {
  expect(await printf('a', [0], client)).toHaveProperty(['_meta', 'mcp-server/result', 'exitCode'], 0);
});

test('every client gets the type of an error in _meta', async () => {
  expect(await printf('a', [3], langChain)).toHaveProperty(['_meta', 'mcp-server/error', 'type'], 'tool_error');
});
