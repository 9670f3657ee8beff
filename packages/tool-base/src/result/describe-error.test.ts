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

test('a thrown object with a message is described like an error, without its other properties', () => {
  const thrown = { message: 'quota used up', code: 'E_QUOTA', request: { headers: { token: 's3cret' } } };
  expect(describeError(thrown)).toEqual({ type: 'object', message: 'quota used up', code: 'E_QUOTA' });
  expect(describeError({ message: { token: 's3cret' } })).toEqual({ type: 'object', message: '[object Object]' });
});

test('the first errors of an AggregateError are described: Node gives its connection errors an empty message', () => {
  const errors = Array.from({ length: 9 }, (_, n) => Object.assign(new Error(`refused ${n}`), { path: '/secret' }));
  const described = describeError(Object.assign(new AggregateError(errors), { code: 'ECONNREFUSED' }));
  expect(described).toMatchObject({ type: 'AggregateError', message: '', code: 'ECONNREFUSED' });
  expect(described.errors?.map(({ message }) => message)).toEqual(['refused 0', 'refused 1', 'refused 2', 'refused 3']);
  expect(JSON.stringify(described)).not.toContain('/secret');
});
