import { expect, test } from 'vitest';
import { describeError } from './describe-error.ts';

test('an error has its type, message, code and stack, and none of its own properties', () => {
  const error = Object.assign(new TypeError('no'), {
    code: 'E1',
    path: '/secret',
    config: { headers: { token: 't' } },
  });
  expect(describeError(error)).toEqual({ type: 'TypeError', message: 'no', code: 'E1', stack: error.stack });
});

test('causes are described too, three deep', () => {
  const chain = [1, 2, 3, 4, 5].reduce<Error | undefined>((cause, n) => new Error(String(n), { cause }), undefined);
  const messages: string[] = [];
  for (let at = describeError(chain); ; at = at.cause) {
    messages.push(at.message);
    if (at.cause === undefined) break;
  }
  expect(messages).toEqual(['5', '4', '3', '2']);
});

test.each([
  [undefined, 'undefined', 'undefined'],
  ['text', 'string', 'text'],
  [{ token: 's3cret' }, 'object', '[object Object]'],
])('%j is described without its properties', (value, type, message) => {
  expect(describeError(value)).toEqual({ type, message });
});

test('an error whose getters throw is described as one that cannot be read', () => {
  const error = new Error('x');
  Object.defineProperty(error, 'stack', {
    get() {
      throw new Error('y');
    },
  });
  expect(describeError(error)).toEqual({ type: 'unknown', message: 'The error could not be read.' });
});
