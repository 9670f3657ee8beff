/** Tools that send input requests to the client. */
import { defineTool, fromJsonSchema } from '@mcp/server';
import type { FormSchema, ToolDefinition, UserResponse } from '@mcp/tool-base';

import { noArguments } from './no-arguments.ts';

const nameForm: FormSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
const colorForm: FormSchema = { type: 'object', properties: { color: { type: 'string' } }, required: ['color'] };
const confirmForm: FormSchema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };

/** The value of a field if the user accepted, else the user's action. */
function valueOf(answer: UserResponse, field: string): string {
  return answer.action === 'accept' ? String(answer.values[field]) : `(${answer.action})`;
}

function outcomeOf(answer: UserResponse): string {
  const content = answer.action === 'accept' ? JSON.stringify(answer.values) : '{}';
  return `action=${answer.action}, content=${content}`;
}

export const askingTools: readonly ToolDefinition[] = [
  defineTool({
    name: 'test_sampling',
    description: 'Has the model of the client answer a prompt',
    input: fromJsonSchema<{ prompt: string }>({
      type: 'object',
      properties: { prompt: { type: 'string', description: 'What the model is asked' } },
      required: ['prompt'],
      additionalProperties: false,
    }),
    run: async ({ prompt }, { askModel }) => `LLM response: ${(await askModel({ prompt, maxTokens: 100 })).text}`,
  }),
  defineTool({
    name: 'test_elicitation',
    description: 'Asks the user for a name and an e-mail address',
    input: fromJsonSchema<{ message: string }>({
      type: 'object',
      properties: { message: { type: 'string', description: 'What the user is shown' } },
      required: ['message'],
      additionalProperties: false,
    }),
    async run({ message }, { askUser }) {
      const form: FormSchema = {
        type: 'object',
        properties: {
          username: { type: 'string', description: "User's response" },
          email: { type: 'string', description: "User's email address" },
        },
        required: ['username', 'email'],
      };
      return `User response: ${outcomeOf(await askUser({ message, form }))}`;
    },
  }),
  defineTool({
    name: 'test_elicitation_sep1034_defaults',
    description: 'Asks with a form whose fields have defaults',
    input: noArguments,
    async run(_, { askUser }) {
      const form: FormSchema = {
        type: 'object',
        properties: {
          name: { type: 'string', default: 'John Doe' },
          age: { type: 'integer', default: 30 },
          score: { type: 'number', default: 95.5 },
          status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
          verified: { type: 'boolean', default: true },
        },
      };
      return `Elicitation completed: ${outcomeOf(await askUser({ message: 'Check these values', form }))}`;
    },
  }),
  defineTool({
    name: 'test_elicitation_sep1330_enums',
    description: 'Asks with every form of a choice',
    input: noArguments,
    async run(_, { askUser }) {
      const form: FormSchema = {
        type: 'object',
        properties: {
          untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
          titledSingle: {
            type: 'string',
            oneOf: [
              { const: 'value1', title: 'First Option' },
              { const: 'value2', title: 'Second Option' },
              { const: 'value3', title: 'Third Option' },
            ],
          },
          legacyEnum: {
            type: 'string',
            enum: ['opt1', 'opt2', 'opt3'],
            enumNames: ['Option One', 'Option Two', 'Option Three'],
          },
          untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
          titledMulti: {
            type: 'array',
            items: {
              anyOf: [
                { const: 'value1', title: 'First Choice' },
                { const: 'value2', title: 'Second Choice' },
                { const: 'value3', title: 'Third Choice' },
              ],
            },
          },
        },
      };
      return `Elicitation completed: ${outcomeOf(await askUser({ message: 'Choose', form }))}`;
    },
  }),
  defineTool({
    name: 'test_missing_capability',
    description: 'Cannot do without the model of the client',
    input: noArguments,
    run: async (_, { askModel }) => (await askModel({ prompt: 'Say: pong', maxTokens: 16 })).text,
  }),
  defineTool({
    name: 'test_input_required_result_elicitation',
    description: 'Asks the user for a name and greets them',
    input: noArguments,
    run: async (_, { askUser }) => {
      const answer = await askUser({ key: 'user_name', message: 'What is your name?', form: nameForm });
      return `Hello, ${valueOf(answer, 'name')}!`;
    },
  }),
  defineTool({
    name: 'test_input_required_result_sampling',
    description: 'Asks the model of the client for a capital',
    input: noArguments,
    run: async (_, { askModel }) => {
      const request = { key: 'capital_question', prompt: 'What is the capital of France?', maxTokens: 100 };
      return (await askModel(request)).text;
    },
  }),
  defineTool({
    name: 'test_input_required_result_list_roots',
    description: 'Asks the client for its roots',
    input: noArguments,
    run: async (_, { listRoots }) => {
      const roots = await listRoots({ key: 'client_roots' });
      return `Roots: ${roots.map(({ uri }) => uri).join(', ')}`;
    },
  }),
  defineTool({
    name: 'test_input_required_result_request_state',
    description: 'Asks for a confirmation, with state that travels with the client',
    input: noArguments,
    run: async (_, { askUser }) => {
      const answer = await askUser({ key: 'confirm', message: 'Please confirm', form: confirmForm });
      return `state-ok: the answer was ${valueOf(answer, 'ok')}`;
    },
  }),
  defineTool({
    name: 'test_input_required_result_multiple_inputs',
    description: 'Asks three things at once',
    input: noArguments,
    async run(_, { askUser, askModel, listRoots }) {
      const [name, greeting, roots] = await Promise.all([
        askUser({ key: 'user_name', message: 'What is your name?', form: nameForm }),
        askModel({ key: 'greeting', prompt: 'Generate a greeting', maxTokens: 50 }),
        listRoots({ key: 'client_roots' }),
      ]);
      return `${greeting.text} ${valueOf(name, 'name')}, you work in ${roots.length} places.`;
    },
  }),
  defineTool({
    name: 'test_input_required_result_multi_round',
    description: 'Asks one thing after the other',
    input: noArguments,
    async run(_, { askUser }) {
      const name = await askUser({ key: 'step1', message: 'Step 1: What is your name?', form: nameForm });
      const color = await askUser({ key: 'step2', message: 'Step 2: What is your favorite color?', form: colorForm });
      return `${valueOf(name, 'name')} likes ${valueOf(color, 'color')}.`;
    },
  }),
  defineTool({
    name: 'test_input_required_result_tampered_state',
    description: 'Asks for a confirmation and trusts only state that is its own',
    input: noArguments,
    run: async (_, { askUser }) => {
      const answer = await askUser({ key: 'confirm', message: 'Please confirm', form: confirmForm });
      return `The answer was ${valueOf(answer, 'ok')}.`;
    },
  }),
  defineTool({
    name: 'test_input_required_result_capabilities',
    description: 'Sends only requests that the client supports',
    input: noArguments,
    async run(_, { canAsk, askUser, askModel, listRoots }) {
      const responses = await Promise.all([
        canAsk('user') && askUser({ message: 'What is your name?', form: nameForm }),
        canAsk('model') && askModel({ prompt: 'Generate a short greeting', maxTokens: 50 }),
        canAsk('roots') && listRoots(),
      ]);
      return `${responses.filter(Boolean).length} requests were answered.`;
    },
  }),
];
