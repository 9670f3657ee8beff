/** A module in JavaScript: a resource that changes, a tool that can be enabled and disabled, and one that others continue. */
import { defineTool, fromJsonSchema } from '@mcp/server';

const nothing = fromJsonSchema({ type: 'object', additionalProperties: false });
let note = 'first';
let host;
let takeNextStep = () => {};

export function setup(given) {
  host = given;
}

export const resources = [{ uri: 'notes://today', name: 'today', mimeType: 'text/plain', read: () => note }];

export const tools = [
  defineTool({
    name: 'write_note',
    description: 'Replaces the note',
    input: fromJsonSchema({ type: 'object', properties: { text: { type: 'string' } }, required: ['text'] }),
    run({ text }) {
      note = text;
      host.resourceUpdated('notes://today');
      return 'written';
    },
  }),
  defineTool({
    name: 'hide_extra',
    description: 'Takes the tool extra off the list',
    input: nothing,
    run: () => (host.switchTool('extra', false) ? 'hidden' : 'not there'),
  }),
  defineTool({ name: 'extra', description: 'May be hidden', input: nothing, run: () => 'still here' }),
  defineTool({
    name: 'take_steps',
    description: 'Reports three steps, and waits after each until next_step is called',
    input: nothing,
    async run(_, { reportProgress }) {
      for (const progress of [1, 2, 3]) {
        const next = new Promise((resolve) => (takeNextStep = resolve));
        reportProgress({ progress, total: 3 });
        await next;
      }
      return 'taken';
    },
  }),
  defineTool({
    name: 'next_step',
    description: 'Continues take_steps',
    input: nothing,
    run: () => {
      takeNextStep();
    },
  }),
  defineTool({
    name: 'greet_by_model',
    title: 'Greet',
    description: 'Asks for a name, has the model make a greeting of it',
    input: nothing,
    async run(_, { askUser, askModel }) {
      const answer = await askUser({
        message: 'Who are you?',
        form: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      });
      if (answer.action !== 'accept') return `nobody (${answer.action})`;
      return (await askModel({ prompt: `Greet ${String(answer.values.name)}`, maxTokens: 20 })).text;
    },
  }),
];

// A timer that a module leaves running must not prevent the server from exiting.
setInterval(() => {}, 1000);
