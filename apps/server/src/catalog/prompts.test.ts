import { describe, expect, test } from 'vitest';

import { localPrincipal } from '../access/principal.ts';
import { PromptCatalog } from './prompts.ts';

const ann = localPrincipal('stdio');
const catalog = new PromptCatalog([
  {
    name: 'greet',
    description: 'Greets',
    arguments: [{ name: 'who', required: true, complete: () => ['ann', 'anton', 'bea'] }, { name: 'how' }],
    render: ({ who, how }) => `${how ?? 'Hello'} ${who}`,
  },
]);

describe('prompts', () => {
  test('are listed with their arguments', () => {
    expect(catalog.list()).toEqual([
      {
        name: 'greet',
        description: 'Greets',
        arguments: [
          { name: 'who', required: true },
          { name: 'how', required: false },
        ],
      },
    ]);
  });

  test('become one message of the user', async () => {
    expect((await catalog.get('greet', { who: 'ann' })).messages).toEqual([
      { role: 'user', content: { type: 'text', text: 'Hello ann' } },
    ]);
  });

  test.each([
    ['an unknown prompt', 'nope', {}, 'no such prompt'],
    ['a missing argument', 'greet', {}, 'needs who'],
    ['an unknown argument', 'greet', { who: 'ann', when: 'now' }, 'takes who, how'],
  ])('refuse %s and say what is allowed', async (_, name, values, message) => {
    await expect(catalog.get(name, values)).rejects.toThrow(message);
  });

  test('complete an argument by what was typed so far', async () => {
    expect(await catalog.complete('greet', { name: 'who', value: 'an' }, ann)).toEqual(['ann', 'anton']);
    expect(await catalog.complete('greet', { name: 'how', value: '' }, ann)).toEqual([]);
  });

  test('cannot share a name', () => {
    const prompt = { name: 'twice', render: () => '' };
    expect(() => new PromptCatalog([prompt, prompt])).toThrow('twice');
  });
});
