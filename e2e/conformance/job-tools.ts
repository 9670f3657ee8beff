/** Tools whose runs are or can be jobs, for the scenarios of the tasks extension. */
import { setTimeout as sleep } from 'node:timers/promises';

import { defineTool, fromJsonSchema, ToolError } from '@mcp/server';
import type { FormSchema, ToolDefinition } from '@mcp/tool-base';

import { noArguments } from './no-arguments.ts';

const REQUIRED = { mode: 'required' } as const;
/** Longer than `jobs.taskAfter` of the configuration. */
const LONG_MS = 1000;

const form: FormSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, confirm: { type: 'boolean' } },
};

export const jobTools: readonly ToolDefinition[] = [
  defineTool({
    name: 'greet',
    description: 'Greets at once',
    input: fromJsonSchema<{ name: string }>({
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
    }),
    run: ({ name }) => `Hello, ${name}!`,
  }),
  defineTool({
    name: 'slow_compute',
    description: 'Takes the given number of seconds',
    job: { mode: 'auto' },
    limits: { concurrency: 16 },
    input: fromJsonSchema<{ seconds: number; label?: string }>({
      type: 'object',
      properties: { seconds: { type: 'number' }, label: { type: 'string' } },
      required: ['seconds'],
    }),
    async run({ seconds, label = '' }, { signal }) {
      await sleep(seconds * 1000, undefined, { signal });
      return `Computed ${label} in ${seconds} s.`;
    },
  }),
  defineTool({
    name: 'failing_job',
    description: 'Fails as tools fail',
    job: REQUIRED,
    input: noArguments,
    run: () => {
      throw new ToolError('tool_error', 'This job fails for testing.');
    },
  }),
  defineTool({
    name: 'protocol_error_job',
    description: 'Fails as servers fail',
    job: REQUIRED,
    input: noArguments,
    run: () => {
      throw new ToolError('internal_error', 'Internal server error.');
    },
  }),
  defineTool({
    name: 'confirm_delete',
    description: 'Asks before it goes on',
    job: REQUIRED,
    input: fromJsonSchema<{ filename: string }>({
      type: 'object',
      properties: { filename: { type: 'string' } },
      required: ['filename'],
    }),
    async run({ filename }, { askUser }) {
      const { action } = await askUser({ key: 'confirm', message: `Delete ${filename}?`, form });
      return action === 'accept' ? `Deleted ${filename}.` : `Kept ${filename}.`;
    },
  }),
  defineTool({
    name: 'multi_input',
    description: 'Asks two things at once',
    job: REQUIRED,
    input: noArguments,
    async run(_, { askUser }) {
      const answers = await Promise.all([
        askUser({ key: 'first', message: 'The first of two', form }),
        askUser({ key: 'second', message: 'The second of two', form }),
      ]);
      return `Answered: ${answers.map(({ action }) => action).join(', ')}.`;
    },
  }),
  defineTool({
    name: 'test_tool_with_task',
    description: 'Asks within the call, then goes on as a job',
    job: { mode: 'auto' },
    input: noArguments,
    async run(_, { askUser, signal }) {
      const answer = await askUser({
        key: 'user_name',
        message: 'What is your name?',
        form: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      });
      await sleep(LONG_MS, undefined, { signal });
      return `Hello, ${answer.action === 'accept' ? String(answer.values['name']) : 'nobody'}!`;
    },
  }),
];
