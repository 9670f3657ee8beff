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

test('nothing of the schema library is left', () => {
  const problem = 'Invalid input: expected string, received number';
  const overHttp = { code: -32_602, message: 'Invalid', data: { envelope: { key: 'a/protocolVersion', problem } } };
  const overStdio = { code: -32_602, message: `Invalid _meta envelope for protocol revision 2026-07-28: ${problem}` };
  const missing = {
    code: -32_602,
    message: 'Request is missing the required _meta envelope for protocol revision 2026-07-28 (a)',
  };
  const noMessage = { code: -32_600, message: 'Bad Request: the request body is not a valid JSON-RPC message' };
  expect(inOwnWords(overHttp, new Headers()).data).toEqual({ envelope: { key: 'a/protocolVersion' } });
  expect(inOwnWords(overStdio).message).toMatch(
    /^In params\._meta, .*protocolVersion or .*clientCapabilities is missing/,
  );
  expect(inOwnWords(missing).message).toMatch(/^params\._meta is missing\. .* send initialize first\.$/);
  expect(inOwnWords(noMessage, new Headers())).toMatchObject({
    code: -32_602,
    message: expect.stringMatching(/^The params/),
  });
});

test('a response, which the newest version does not have, is an invalid request', () => {
  const error = {
    code: -32_000,
    message: 'Bad Request: Unsupported protocol version: 2026-07-28 (supported versions: a)',
  };
  const headers = new Headers({ 'mcp-protocol-version': '2026-07-28' });
  expect(inOwnWords(error, headers)).toMatchObject({ code: -32_600, message: expect.stringContaining('no responses') });
});

test('other errors stay as they are', () => {
  const error = { code: -32_602, message: 'The tool is not known.' };
  expect(inOwnWords(error)).toBe(error);
});
