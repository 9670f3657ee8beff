import { expect, test } from 'vitest';
import { redactFields } from './redact-fields.ts';

test('members with the name of a secret are redacted, in the fields and one level below', () => {
  const fields = { token: 't', attempt: 1, request: { authorization: 'Bearer t', host: 'h' }, none: null };
  expect(redactFields(fields)).toEqual({
    token: '[redacted]',
    attempt: 1,
    request: { authorization: '[redacted]', host: 'h' },
    none: null,
  });
  expect(fields.request.authorization).toBe('Bearer t');
});

test.each(['authorization', 'apiKey', 'password', 'token'])('%s is the name of a secret', (name) => {
  expect(redactFields({ [name]: 'x' })).toEqual({ [name]: '[redacted]' });
  expect(redactFields({ inner: { [name]: { deep: 'x' } } })).toEqual({ inner: { [name]: '[redacted]' } });
});

test('a property that a library added to an error is redacted', () => {
  const reason = Object.assign(new Error('failed'), { token: 'secret' });
  expect(JSON.stringify(redactFields({ reason }))).toBe('{"reason":{"token":"[redacted]"}}');
});

test('fields without a secret are returned as they are', () => {
  const fields = { tool: 'echo', inner: { text: 'token' }, list: ['password'] };
  expect(redactFields(fields)).toBe(fields);
});

test.each(['err', 'error'])('an error under %s is left to the serializer of the log', (key) => {
  const fields = { [key]: Object.assign(new Error('failed'), { token: 'secret' }) };
  expect(redactFields(fields)).toBe(fields);
});
