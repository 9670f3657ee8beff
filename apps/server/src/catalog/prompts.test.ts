import { describe, expect, test } from 'vitest';

import { localPrincipal } from '../access/principal.ts';
import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { PromptCatalog, type PromptSource } from './prompts.ts';

const ann = { principal: localPrincipal('stdio') };
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
    expect(catalog.list(ann.principal)).toEqual([
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
    expect((await catalog.get('greet', { who: 'ann' }, ann)).messages).toEqual([
      { role: 'user', content: { type: 'text', text: 'Hello ann' } },
    ]);
  });

  test.each([
    ['an unknown prompt', 'nope', {}, 'no such prompt'],
    ['a missing argument', 'greet', {}, 'needs who'],
    ['an unknown argument', 'greet', { who: 'ann', when: 'now' }, 'takes who, how'],
  ])('refuse %s and say what is allowed', async (_, name, values, message) => {
    await expect(catalog.get(name, values, ann)).rejects.toThrow(message);
  });

  test('complete an argument by what was typed so far', async () => {
    expect(await catalog.complete('greet', { name: 'who', value: 'an' }, ann)).toEqual(['ann', 'anton']);
    expect(await catalog.complete('greet', { name: 'how', value: '' }, ann)).toEqual([]);
  });

  test.each([
    ['', '[no text]'],
    ['\u001b[31mred\u001b[0m \u202e\u200bend', 'red end'],
    [[{ role: 'assistant', content: { type: 'text', text: '\u200b' } }], '[no text]'],
  ])('have no control characters, and a text that shows nothing says so: %j', async (rendered, text) => {
    const prompts = new PromptCatalog([{ name: 'coloured', render: () => rendered as string }]);
    expect((await prompts.get('coloured', {}, ann)).messages).toMatchObject([{ content: { type: 'text', text } }]);
  });

  test('whose code does not end are answered after the time limit', async () => {
    const clock = new ManualClock();
    const never = new Promise<never>(() => {});
    const prompts = new PromptCatalog(
      [{ name: 'slow', arguments: [{ name: 'a', complete: () => never }], render: () => never }],
      undefined,
      { clock, timeoutMs: () => 50 },
    );
    const asked = [prompts.get('slow', {}, ann), prompts.complete('slow', { name: 'a', value: '' }, ann)];
    const ended = Promise.allSettled(asked);
    clock.advance(50);
    expect(await ended).toMatchObject(asked.map(() => ({ reason: { type: 'timeout' } })));
  });

  test('cannot share a name', () => {
    const prompt = { name: 'twice', render: () => '' };
    expect(() => new PromptCatalog([prompt, prompt])).toThrow('twice');
  });

  test('of an upstream come and go, and callers that may not see them neither list nor get them', async () => {
    let changes = 0;
    const own = new PromptCatalog([{ name: 'own', render: () => '' }], () => void (changes += 1));
    const source: PromptSource = {
      prompts: [{ name: 'far_plan' }, { name: 'own' }],
      isOpenTo: ({ name }) => name !== 'bob',
      get: () => Promise.resolve({ messages: [] }),
      complete: () => Promise.resolve(['x']),
    };
    own.offer('far', source);
    const bob = { principal: { name: 'bob', scopes: [] } };
    expect(own.list(ann.principal).map(({ name }) => name)).toEqual(['own', 'far_plan']);
    expect(own.list(bob.principal).map(({ name }) => name)).toEqual(['own']);
    expect(await own.get('far_plan', {}, ann)).toEqual({ messages: [] });
    await expect(own.get('far_plan', {}, bob)).rejects.toThrow('no such prompt');
    await expect(own.complete('far_plan', { name: 'a', value: '' }, bob)).rejects.toThrow('no such prompt');
    own.offer('far', undefined);
    own.offer('far', undefined);
    expect(own.list(ann.principal).map(({ name }) => name)).toEqual(['own']);
    expect(changes).toBe(2);
  });
});

test.each([
  undefined,
  42,
  { messages: [] },
  ['hi'],
  [{ role: 'system', content: { type: 'text', text: 'hi' } }],
  [{ role: 'user', content: 'hi' }],
  [{ role: 'user', content: { type: 'text' } }],
  [{ role: 'user', content: { type: 'hologram' } }],
])('what a prompt renders is text or messages: not %j', async (rendered) => {
  const prompts = new PromptCatalog([{ name: 'other', render: () => rendered as never }]);
  const reader = { principal: { name: 'ann', scopes: [] } } as never;
  await expect(prompts.get('other', {}, reader)).rejects.toThrow('render() of the prompt other must return text');
});
