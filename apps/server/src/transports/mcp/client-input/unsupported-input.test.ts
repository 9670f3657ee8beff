/** A client of the 2025 era that cannot be asked gets our words, and for a tool a result that its model reads. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';

import { defineTool, fromJsonSchema, type ClientRequests } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { PromptCatalog } from '../../../catalog/prompts.ts';
import { ChangeNotifier } from '../sdk/connection/change-notifier.ts';
import { startStdioEndpoint } from '../stdio-endpoint.ts';
import { initialize } from '../test-support/messages.ts';
import { testDependencies } from '../test-support/test-dependencies.ts';

const form = { type: 'object', properties: {} } as const;
const asks: Record<string, (client: ClientRequests) => Promise<unknown>> = {
  user: ({ askUser }) => askUser({ message: 'Well?', form }),
  link: ({ askUser }) => askUser({ message: 'Open it', url: 'https://example.com/' }),
  model: ({ askModel }) => askModel({ prompt: 'Why?', maxTokens: 1 }),
  roots: ({ listRoots }) => listRoots(),
};

async function answerTo(message: object, capabilities: object): Promise<Record<string, unknown>> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const tools = Object.entries(asks).map(([name, ask]) =>
    defineTool({
      name,
      description: 'Asks',
      input: fromJsonSchema({ type: 'object' }),
      run: async (_, context) => String(await ask(context)),
    }),
  );
  const prompts = new PromptCatalog([
    { name: 'plan', render: async (_, client) => String(await asks['user']?.(client)) },
  ]);
  const stdio = startStdioEndpoint({
    ...testDependencies(tools),
    prompts,
    notifier: new ChangeNotifier(),
    onError: () => {},
    onInvalidLine: () => {},
    streams: { input, output },
  });
  const { method, id, params } = initialize;
  const said = output.setEncoding('utf8');
  const send = (each: object): boolean => input.write(`${JSON.stringify({ jsonrpc: '2.0', ...each })}\n`);
  send({ method, id, params: { ...params, capabilities } });
  await once(said, 'data');
  send({ method: 'notifications/initialized' });
  send({ id: 7, ...message });
  const [text] = (await once(said, 'data')) as [string];
  await stdio.close();
  return JSON.parse(text) as Record<string, unknown>;
}

test.each([
  ['user', {}, "the user's input"],
  ['user', { elicitation: { url: {} } }, "the user's input"],
  ['link', { elicitation: {} }, 'the user to open a link'],
  ['model', {}, "a completion by the client's model"],
  ['roots', {}, "the client's roots"],
])('the tool %s for a client that declares %j', async (name, capabilities, what) => {
  const { result } = await answerTo({ method: 'tools/call', params: { name, arguments: {} } }, capabilities);
  expect(result).toEqual({
    isError: true,
    content: [
      {
        type: 'text',
        text: `tool_error: This needs ${what}, which the client does not support. Use a client that supports elicitation, sampling and roots, or continue without it.`,
      },
    ],
  });
});

test('a prompt', async () => {
  const { error } = await answerTo({ method: 'prompts/get', params: { name: 'plan' } }, {});
  expect(error).toMatchObject({
    message: expect.stringContaining("needs the user's input, which the client does not"),
  });
});
