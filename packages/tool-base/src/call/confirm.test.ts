import { expect, test } from 'vitest';

import { NO_CLIENT_INPUT, type ClientInput, type UserForm, type UserResponse } from '../declare/client-requests.ts';
import { defineTool } from '../declare/define-tool.ts';
import { fromJsonSchema } from '../declare/from-json-schema.ts';
import type { ConfirmMode, ToolAnnotations } from '../declare/tool-definition.ts';
import { Tool } from '../tool/tool.ts';
import { callTool } from './call-tool.ts';

const caller = { name: 'test' };
const input = fromJsonSchema<{ path: string }>({
  type: 'object',
  properties: { path: { type: 'string' } },
  required: ['path'],
});

function eraser(confirm: ConfirmMode, annotations?: ToolAnnotations): { tool: Tool; runs: string[] } {
  const runs: string[] = [];
  const run = ({ path }: { path: string }): string => {
    runs.push(path);
    return 'erased';
  };
  const definition = defineTool({
    name: 'erase',
    description: 'Erases a folder',
    confirm,
    ...(annotations && { annotations }),
    circuitBreaker: { failureThreshold: 1 },
    input,
    run,
  });
  return { tool: new Tool(definition), runs };
}

function clientThat(answers: UserResponse['action']): { clientInput: ClientInput; asked: UserForm[] } {
  const asked: UserForm[] = [];
  const askUser: ClientInput['askUser'] = (request) => {
    asked.push(request as UserForm);
    return Promise.resolve(answers === 'accept' ? { action: answers, values: {} } : { action: answers });
  };
  return { clientInput: { ...NO_CLIENT_INPUT, canAsk: () => true, askUser }, asked };
}

test('the call runs once the user has allowed it, and the result says so', async () => {
  const { tool, runs } = eraser('always');
  const { clientInput, asked } = clientThat('accept');
  const result = await callTool(tool, { caller, arguments: { path: '/tmp/a' }, clientInput });
  expect(result).toMatchObject({ ok: true, meta: { confirmation: 'allowed' } });
  expect(runs).toEqual(['/tmp/a']);
  expect(asked[0]?.message).toBe('Allow this call of the tool erase? Arguments: {"path":"/tmp/a"}');
});

test.each([
  ['decline', 'declined'],
  ['cancel', 'dismissed'],
] as const)('a user who answers %s is final: nothing runs, and the breaker counts nothing', async (action, said) => {
  const { tool, runs } = eraser('always');
  const { clientInput } = clientThat(action);
  const result = await callTool(tool, { caller, arguments: { path: '/' }, clientInput });
  expect(result.error).toMatchObject({
    type: 'forbidden',
    suggestion: expect.stringContaining('Do not call it again'),
  });
  expect(result.meta.confirmation).toBe(said);
  expect(runs).toEqual([]);
  expect([...tool.breakers].map(({ state }) => state)).not.toContain('open');
});

test('a client that cannot ask is refused, with what to do', async () => {
  const { tool, runs } = eraser('always');
  const { error } = await callTool(tool, { caller, arguments: { path: '/' } });
  expect(error).toMatchObject({ type: 'forbidden', message: expect.stringContaining('cannot ask') });
  expect(error?.suggestion).toContain('elicitation');
  expect(runs).toEqual([]);
});

test('the user is not asked about a call whose arguments are invalid', async () => {
  const { tool } = eraser('always');
  const { clientInput, asked } = clientThat('accept');
  expect((await callTool(tool, { caller, arguments: {}, clientInput })).error?.type).toBe('validation_error');
  expect(asked).toEqual([]);
});

test('a call that waits for the answer is neither an outcome nor logged as a defect', async () => {
  const { tool, runs } = eraser('always');
  const logged: unknown[] = [];
  const log = (...line: unknown[]): void => void logged.push(line);
  const clientInput: ClientInput = {
    ...NO_CLIENT_INPUT,
    awaiting: true,
    canAsk: () => true,
    askUser: () => Promise.reject(new Error('no answer yet')),
  };
  const operatorLog = { debug: log, info: log, warn: log, error: log };
  const result = await callTool(tool, { caller, arguments: { path: '/' }, clientInput, operatorLog });
  expect(result).toMatchObject({ ok: false, awaitingInput: true });
  expect([runs, logged]).toEqual([[], []]);
});

test.each<[ToolAnnotations | undefined, boolean]>([
  [undefined, true],
  [{ destructiveHint: true }, true],
  [{ destructiveHint: false }, false],
  [{ readOnlyHint: true }, false],
])('whenDestructive with the annotations %j asks: %j', async (annotations, asks) => {
  const { tool } = eraser('whenDestructive', annotations);
  const { clientInput, asked } = clientThat('accept');
  await callTool(tool, { caller, arguments: { path: '/tmp/a' }, clientInput });
  expect(asked.length > 0).toBe(asks);
});

test('long arguments are shortened in the message, and control characters are removed', async () => {
  const { tool } = eraser('always');
  const { clientInput, asked } = clientThat('accept');
  await callTool(tool, { caller, arguments: { path: `\u202e${'x'.repeat(5000)}` }, clientInput });
  expect(asked[0]?.message).not.toContain('\u202e');
  expect(asked[0]?.message.length).toBeLessThan(1200);
});

test('an unknown mode is a problem of the definition', () => {
  expect(() => eraser('sometimes' as ConfirmMode)).toThrow(
    'confirm must be one of always, whenDestructive, operator, or absent.',
  );
});
