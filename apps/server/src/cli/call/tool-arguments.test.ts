import { describe, expect, test } from 'vitest';

import type { TextArgument } from './parse-call.ts';
import { toolArguments } from './tool-arguments.ts';

const schema = {
  type: 'object',
  properties: {
    target: { type: 'string' },
    count: { type: 'integer' },
    ratio: { type: ['number', 'null'] },
    verbose: { type: 'boolean' },
    ports: { type: 'array', items: { type: 'integer' } },
    filter: { type: 'object' },
    extraArgs: { anyOf: [{ type: 'string' }, { type: 'array' }] },
  },
};
const typed = (...pairs: readonly (readonly [string, string?])[]): TextArgument[] =>
  pairs.map(([name, value]) => ({ name, value }));
const convert = (...pairs: readonly (readonly [string, string?])[]): unknown =>
  toolArguments('scan', schema, typed(...pairs));

describe('typed arguments', () => {
  test('become the type of the schema', () => {
    expect(
      convert(['target', '007'], ['count', '3'], ['ratio', '0.5'], ['verbose', 'false'], ['filter', '{"a":1}']),
    ).toEqual({ target: '007', count: 3, ratio: 0.5, verbose: false, filter: { a: 1 } });
  });

  test('a truth value needs no text', () => {
    expect(convert(['verbose'])).toEqual({ verbose: true });
  });

  test('a list is one argument repeated, or JSON', () => {
    expect(convert(['ports', '22'], ['ports', '443'])).toEqual({ ports: [22, 443] });
    expect(convert(['ports', '22'])).toEqual({ ports: [22] });
    expect(convert(['ports', '[22, 443]'])).toEqual({ ports: [22, 443] });
    expect(convert(['extraArgs', '-c 1'], ['extraArgs', '-q'])).toEqual({ extraArgs: ['-c 1', '-q'] });
  });

  test('a name may be written in kebab-case', () => {
    expect(convert(['extra-args', '-q'])).toEqual({ extraArgs: '-q' });
  });

  test('a text that does not fit is left to the check of the tool', () => {
    expect(convert(['count', 'many'], ['verbose', 'perhaps'], ['filter', '{'])).toEqual({
      count: 'many',
      verbose: 'perhaps',
      filter: '{',
    });
    expect(convert(['count', ''])).toEqual({ count: '' });
  });

  test('an unknown name is rejected with the known ones', () => {
    expect(() => convert(['tagret', 'x'])).toThrow('scan has no argument --tagret. It takes --target, --count');
    expect(() => toolArguments('system_info', {}, typed(['x', '1']))).toThrow('It takes none.');
    expect(() => convert(['toString', 'x'])).toThrow('no argument --toString');
  });

  test('an argument that is no list is given once', () => {
    expect(() => convert(['target', 'a'], ['target', 'b'])).toThrow(
      '--target is given more than once, and takes one value.',
    );
  });

  test('an argument that is no truth value needs a text', () => {
    expect(() => convert(['target'])).toThrow('--target needs a value');
  });
});
