import { describe, expect, test } from 'vitest';

import { formArguments, formFields } from './schema-form.ts';

const schema = {
  type: 'object',
  properties: {
    target: { type: 'string', description: 'Where to', maxLength: 253 },
    port: { type: 'integer', minimum: 1, maximum: 65_535, default: 443 },
    ratio: { type: ['number', 'null'] },
    family: { enum: ['ipv4', 'ipv6'], type: 'string' },
    verbose: { type: 'boolean' },
    headers: { type: 'array', items: { type: 'string' } },
    anything: {},
  },
  required: ['target', 'port'],
};

describe('the fields of a form', () => {
  test('follow the properties of the schema', () => {
    expect(formFields(schema).map(({ name, control, required }) => [name, control, required])).toEqual([
      ['target', 'text', true],
      ['port', 'integer', true],
      ['ratio', 'number', false],
      ['family', 'choice', false],
      ['verbose', 'boolean', false],
      ['headers', 'json', false],
      ['anything', 'json', false],
    ]);
  });

  test('have description, limits and default', () => {
    const [target, port, , family] = formFields(schema);
    expect(target).toMatchObject({ description: 'Where to', maxLength: 253 });
    expect(port).toMatchObject({ minimum: 1, maximum: 65_535, placeholder: 'default 443' });
    expect(family?.choices).toEqual(['ipv4', 'ipv6']);
  });

  test('are none for a tool without input', () => {
    expect(formFields({ type: 'object' })).toEqual([]);
  });
});

describe('the arguments of a form', () => {
  const argumentsOf = (texts: Record<string, string>): unknown =>
    formArguments(formFields(schema), new Map(Object.entries(texts)));

  test('have the types of the schema', () => {
    const texts = { target: 'a', port: '22', ratio: '0.5', family: 'ipv6', verbose: 'true', headers: '["x"]' };
    expect(argumentsOf(texts)).toEqual({
      target: 'a',
      port: 22,
      ratio: 0.5,
      family: 'ipv6',
      verbose: true,
      headers: ['x'],
    });
  });

  test('can be false', () => {
    expect(argumentsOf({ target: 'a', verbose: 'false' })).toEqual({ target: 'a', verbose: false });
  });

  test('leave out empty fields, but not a required text, which may be empty', () => {
    expect(argumentsOf({ target: '', ratio: '', family: '', verbose: '' })).toEqual({ target: '' });
  });

  test.each([
    ['port', 'many', 'port must be a number.'],
    ['headers', 'x', 'headers must be JSON, for example ["a", "b"] for a list.'],
  ])('%s of %j is an error that names it', (name, text, message) => {
    expect(() => argumentsOf({ [name]: text })).toThrow(message);
  });
});
