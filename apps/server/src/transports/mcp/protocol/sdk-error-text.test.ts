import { expect, test } from 'vitest';

import { inOwnWords } from './sdk-error-text.ts';

test.each([
  [{ code: -32_022, message: 'Unsupported protocol version: 2099-01-01', data: { requested: '2099-01-01' } }, {}],
  [
    {
      code: -32_020,
      message: 'Bad Request: the request headers and body disagree: a modern MCP-Protocol-Version header',
    },
    { 'mcp-protocol-version': '2099-01-01' },
  ],
  [
    { code: -32_602, message: 'Invalid params: missing key(s): _meta', data: { envelope: { missing: ['_meta'] } } },
    { 'mcp-protocol-version': '2099-01-01' },
  ],
  [
    {
      code: -32_000,
      message: 'Bad Request: Unsupported protocol version: 2099-01-01 (supported versions: 2025-11-25)',
    },
    { 'mcp-protocol-version': '2099-01-01' },
  ],
])('an unsupported version is named beside those that are supported: %j', (error, headers) => {
  expect(inOwnWords(error, new Headers(headers as Record<string, string>))).toMatchObject({
    code: error.code,
    message:
      'The protocol version "2099-01-01" is not supported. Supported versions: 2026-07-28, 2025-11-25, 2025-06-18, 2025-03-26, 2024-11-05, 2024-10-07.',
  });
});

test('a part of the envelope that is missing is named', () => {
  const error = {
    code: -32_602,
    message: 'Invalid _meta envelope',
    data: { envelope: { key: 'a/clientCapabilities' } },
  };
  expect(inOwnWords(error).message).toContain('In params._meta, a/clientCapabilities is missing or not valid.');
});

test('other errors stay as they are', () => {
  const error = { code: -32_602, message: 'The tool is not known.' };
  expect(inOwnWords(error)).toBe(error);
});
