import { definePrompt, type PromptDefinition } from '@mcp/server';

import { redPixelPng } from './sample-media.ts';

const cities = ['paris', 'park', 'party', 'potsdam'];

export const prompts: readonly PromptDefinition[] = [
  definePrompt({
    name: 'test_simple_prompt',
    description: 'One fixed message',
    render: () => 'This is a simple prompt for testing.',
  }),
  definePrompt({
    name: 'test_prompt_with_arguments',
    description: 'Repeats its arguments',
    arguments: [
      { name: 'arg1', description: 'First test argument', required: true, complete: () => cities },
      { name: 'arg2', description: 'Second test argument', required: true },
    ],
    render: ({ arg1, arg2 }) => `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`,
  }),
  definePrompt({
    name: 'test_prompt_with_embedded_resource',
    description: 'A message that holds a resource',
    arguments: [{ name: 'resourceUri', description: 'Address of the resource', required: true }],
    render: ({ resourceUri = '' }) => [
      {
        role: 'user',
        content: {
          type: 'resource',
          resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
        },
      },
      { role: 'user', content: { type: 'text', text: 'Please process the embedded resource above.' } },
    ],
  }),
  definePrompt({
    name: 'test_prompt_with_image',
    description: 'A message that holds an image',
    render: () => [
      { role: 'user', content: { type: 'image', data: redPixelPng, mimeType: 'image/png' } },
      { role: 'user', content: { type: 'text', text: 'Please analyze the image above.' } },
    ],
  }),
  definePrompt({
    name: 'test_input_required_result_prompt',
    description: 'Asks the user before it is ready',
    async render(_, client) {
      const answer = await client.askUser({
        key: 'user_context',
        message: 'What context should the prompt use?',
        form: { type: 'object', properties: { context: { type: 'string' } }, required: ['context'] },
      });
      return answer.action === 'accept' ? `Work in this context: ${String(answer.values['context'])}` : 'Work without.';
    },
  }),
];
