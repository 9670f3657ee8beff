import { describe, expect, test } from 'vitest';
import { isOptional, parameterArguments, parameterSchema, type PlainParameter } from './parameter.ts';

const texts = (spec: PlainParameter, value: unknown): readonly string[] =>
  parameterArguments('p', spec, value).map((argument) => argument.text);

function doesNotThrow(fn: () => unknown): boolean {
  try {
    fn();
    return true;
  } catch {
    return false;
  }
}

describe('a parameter', () => {
  test.each<[PlainParameter, unknown, readonly string[]]>([
    [{ type: 'integer', min: 1, max: 9 }, 3, ['3']],
    [{ type: 'integer', min: 1, max: 9, default: 4 }, undefined, ['4']],
    [{ type: 'integer', min: 1, max: 9, flag: '-c' }, 3, ['-c', '3']],
    [{ type: 'integer', min: 1, max: 9, flag: '-c', optional: true }, undefined, []],
    [{ type: 'number', min: -1, max: 1 }, -0.5, ['-0.5']],
    [{ type: 'enum', values: ['a', 'b'] }, 'b', ['b']],
    [{ type: 'enum', values: ['last hour', 'größe'] }, 'größe', ['größe']],
    [{ type: 'string', maxLength: 5 }, 'a b', ['a b']],
    [{ type: 'ports' }, '22,80', ['22,80']],
    [{ type: 'boolean', flag: '-v' }, true, ['-v']],
    [{ type: 'boolean', flag: '-v' }, false, []],
    [{ type: 'boolean', flag: '-v' }, undefined, []],
    [{ type: 'boolean', flag: '-v', default: true }, undefined, ['-v']],
  ])('%j with %j becomes %j', (spec, value, expected) => {
    expect(texts(spec, value)).toEqual(expected);
  });

  test.each<[PlainParameter, readonly unknown[]]>([
    [{ type: 'integer', min: 1, max: 9 }, ['3', 0, 10, 1.5, null, true, Number.NaN, undefined, [3]]],
    [{ type: 'number', min: 0, max: 1e30 }, [1e21, Infinity, 1e-7, '1']],
    [{ type: 'enum', values: ['a'] }, ['b', 1, '', undefined]],
    [{ type: 'string', maxLength: 5 }, ['abcdef', '-a', 'a\n', 'ü', 7, undefined]],
    [{ type: 'ports' }, ['0', 80]],
    [{ type: 'boolean', flag: '-v' }, ['true', 1, 'false', null]],
  ])('%j is never coerced', (spec, values) => {
    for (const value of values) expect(() => texts(spec, value)).toThrow(/^p (must be|is missing)/);
  });

  test('is optional when it says so, has a default, or is a boolean', () => {
    expect(isOptional({ type: 'ports' })).toBe(false);
    expect(isOptional({ type: 'ports', optional: true })).toBe(true);
    expect(isOptional({ type: 'ports', default: '80' })).toBe(true);
    expect(isOptional({ type: 'boolean', flag: '-v' })).toBe(true);
  });

  test('is published with its bounds, description and default', () => {
    expect(parameterSchema({ type: 'integer', min: 1, max: 9, default: 3, description: 'How many' })).toEqual({
      type: 'integer',
      minimum: 1,
      maximum: 9,
      default: 3,
      description: 'How many',
    });
    expect(parameterSchema({ type: 'enum', values: ['a'] })).toEqual({ type: 'string', enum: ['a'] });
    const ascii = { type: 'string', maxLength: 5, pattern: '^([ -,.-~][ -~]*)?$' };
    expect(parameterSchema({ type: 'string', maxLength: 5 })).toEqual(ascii);
  });

  test.each<['ascii' | 'text', boolean]>([
    ['ascii', false],
    ['ascii', true],
    ['text', false],
    ['text', true],
  ])(
    'the pattern for characters %s, a leading dash allowed: %s, accepts what the check accepts',
    (characters, leadingDash) => {
      const spec = { type: 'string', maxLength: 5, characters } as const;
      const pattern = new RegExp(String(parameterSchema(spec, { leadingDash })['pattern']), 'u');
      for (const value of ['', 'a', '-a', 'a-', ' ', '~', ',', '.', 'ü', 'a\n', 'a\u007f', '\u0000']) {
        const accepts = (): boolean => parameterArguments('p', spec, value, { leadingDash }).length > 0;
        expect([value, pattern.test(value)]).toEqual([value, doesNotThrow(accepts)]);
      }
    },
  );

  test('a number in quotes is refused with a word about it', () => {
    expect(() => texts({ type: 'integer', min: 1, max: 9 }, '3')).toThrow('send it as a number, without quotes');
    expect(() => texts({ type: 'string', maxLength: 5 }, 7)).toThrow('send it as a string');
    expect(() => texts({ type: 'string', maxLength: 5 }, 'abcdef')).toThrow('it has 6 characters');
  });
});

describe('a text with a pattern', () => {
  const unit: PlainParameter = { type: 'string', maxLength: 20, pattern: '[a-z-]+\\.service' };

  test('is held to all its rules', () => {
    expect(texts(unit, 'web.service')).toEqual(['web.service']);
    expect(() => texts(unit, 'web.socket')).toThrow(
      'p must be printable ASCII of 0 to 20 characters that does not start with "-" and matches ^[a-z-]+\\.service$; it does not match.',
    );
    expect(() => texts(unit, '-w.service')).toThrow(/it starts with "-"/);
  });

  test('publishes all its rules', () => {
    expect(parameterSchema(unit)).toEqual({
      type: 'string',
      maxLength: 20,
      pattern: '^[a-z-]+\\.service$',
      allOf: [{ pattern: '^([ -,.-~][ -~]*)?$' }],
    });
  });
});

test('a boolean written as text is refused with what to send', () => {
  expect(() => parameterArguments('fast', { type: 'boolean' }, 'true')).toThrow(
    'fast must be true or false, not text: send true without the quotes.',
  );
});
