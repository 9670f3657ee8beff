/** Tools and prompts that request client input, over the real protocol, with the rounds of a 2026-revision client. */
import { randomBytes } from 'node:crypto';

import { defineTool, type FormSchema } from '@mcp/tool-base';
import { fromJsonSchema } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, test } from 'vitest';

import { TestCredentials } from '../../../access/test-support/test-credentials.ts';
import { ChangeNotifier } from '../sdk/connection/change-notifier.ts';
import { McpHttpEndpoint } from '../http-endpoint.ts';
import { answerIn, envelope, post } from '../test-support/messages.ts';
import { testDependencies } from '../test-support/test-dependencies.ts';

const input = fromJsonSchema<{ what?: string }>({ type: 'object', properties: { what: { type: 'string' } } });
const yesNo: FormSchema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };

let ran: string[] = [];

const remove = defineTool({
  name: 'remove',
  description: 'Asks before it removes',
  input,
  async run({ what }, { askUser, askModel }) {
    const sure = await askUser({ message: `Remove ${what}?`, form: yesNo });
    if (sure.action !== 'accept' || sure.values['ok'] !== true) return 'kept';
    const reason = await askModel({ prompt: 'Why?', maxTokens: 10 });
    ran.push(`removed ${what}`);
    return `removed ${what}: ${reason.text}`;
  },
});

const stubborn = defineTool({
  name: 'stubborn',
  description: 'Ignores a missing response',
  input,
  run: async (_, { askUser }) => askUser({ message: 'Well?', form: yesNo }).catch(() => 'done without asking'),
});

interface Result {
  readonly resultType?: string;
  readonly inputRequests?: Readonly<Record<string, unknown>>;
  readonly requestState?: string;
  readonly content?: readonly { readonly text: string }[];
}

let endpoint: McpHttpEndpoint;
afterEach(() => endpoint.close());

function start(secrets?: readonly Uint8Array[]): void {
  ran = [];
  endpoint = new McpHttpEndpoint({
    ...testDependencies([remove, stubborn]),
    ...(secrets && { secrets }),
    notifier: new ChangeNotifier(),
    callers: new TestCredentials(),
    onError: () => {},
  });
}

async function call(
  params: Record<string, unknown>,
  caller = 'ann',
  capabilities: object = { elicitation: {}, sampling: {} },
): Promise<{ result?: Result; error?: { code: number } }> {
  const _meta = { ...envelope, 'io.modelcontextprotocol/clientCapabilities': capabilities };
  const { request, body } = post(
    { method: 'tools/call', id: 1, params: { ...params, _meta } },
    { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': String(params['name']) },
  );
  return answerIn(await endpoint.handle(request, body, { name: caller, scopes: ['tools:call'] }));
}

const accept = { action: 'accept', content: { ok: true } };
const because = { role: 'assistant', content: { type: 'text', text: 'because' }, model: 'm' };
const first = { name: 'remove', arguments: { what: 'a' } };

describe('a tool that requests client input', () => {
  test('is answered round by round and acts once, at the end', async () => {
    start();
    const one = (await call(first)).result;
    expect(one).toMatchObject({
      resultType: 'input_required',
      inputRequests: { input_1: { method: 'elicitation/create', params: { message: 'Remove a?' } } },
    });
    const two = (await call({ ...first, inputResponses: { input_1: accept }, requestState: one?.requestState })).result;
    expect(Object.keys(two?.inputRequests ?? {})).toEqual(['input_2']);
    expect(ran).toEqual([]);
    const end = (await call({ ...first, inputResponses: { input_2: because }, requestState: two?.requestState }))
      .result;
    expect(end?.content).toEqual([{ type: 'text', text: 'removed a: because' }]);
    expect(ran).toEqual(['removed a']);
  });

  test('is given a declined request as a response', async () => {
    start();
    const one = (await call(first)).result;
    const end = await call({
      ...first,
      inputResponses: { input_1: { action: 'decline' } },
      requestState: one?.requestState,
    });
    expect(end.result?.content?.[0]?.text).toBe('kept');
  });

  test('does not take the response to one input request for that to another', async () => {
    start();
    const one = (await call(first)).result;
    const other = { name: 'remove', arguments: { what: 'everything' } };
    const answer = await call({ ...other, inputResponses: { input_1: accept }, requestState: one?.requestState });
    expect(answer.result).toMatchObject({
      resultType: 'input_required',
      inputRequests: { input_1: { params: { message: 'Remove everything?' } } },
    });
  });

  test.each([
    ['a number', 12],
    ['values of the wrong type', { action: 'accept', content: { ok: 'yes' } }],
    ['values that were not requested', { action: 'accept', content: { ok: true, admin: true } }],
    ['a missing value', { action: 'accept', content: {} }],
    ['the answer of a model', because],
  ])('requests the input again when the response is %s', async (_, response) => {
    start();
    const one = (await call(first)).result;
    const again = await call({ ...first, inputResponses: { input_1: response }, requestState: one?.requestState });
    const asksAgain = again.result?.inputRequests?.['input_1'] !== undefined;
    expect(asksAgain || again.error?.code === -32_602).toBe(true);
    expect(ran).toEqual([]);
  });

  test('rejects state that was altered or is another caller’s', async () => {
    start();
    const state = (await call(first)).result?.requestState ?? '';
    const retry = { ...first, inputResponses: { input_1: accept } };
    expect((await call({ ...retry, requestState: `${state}x` })).error?.code).toBe(-32_602);
    expect((await call({ ...retry, requestState: state }, 'bob')).error?.code).toBe(-32_602);
  });

  test('continues on another server with the same secret, also while the secret is being replaced', async () => {
    const [before, after] = [randomBytes(32), randomBytes(32)];
    start([before]);
    const one = (await call(first)).result;
    await endpoint.close();
    start([after, before]);
    const two = (await call({ ...first, inputResponses: { input_1: accept }, requestState: one?.requestState })).result;
    await endpoint.close();
    start([after]);
    const last = { ...first, inputResponses: { input_2: because } };
    const end = (await call({ ...last, requestState: two?.requestState })).result;
    expect(end?.content).toEqual([{ type: 'text', text: 'removed a: because' }]);
    expect((await call({ ...last, requestState: one?.requestState })).error?.code).toBe(-32_602);
    expect((await call({ ...last, requestState: two?.requestState }, 'bob')).error?.code).toBe(-32_602);
  });

  test('cannot request input from a client without the capability', async () => {
    start();
    expect((await call(first, 'ann', {})).error?.code).toBe(-32_021);
  });

  test('is answered input_required even when it continues without the response', async () => {
    start();
    expect((await call({ name: 'stubborn', arguments: {} })).result?.resultType).toBe('input_required');
  });
});
