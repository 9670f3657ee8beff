import { describe, expect, test } from 'vitest';

import type { ToolContent } from '@mcp/tool-base';
import type { ApiResponse } from '../egress/api-client.ts';
import { shapeResponse } from './shape-response.ts';

function response(body: string | Buffer, type: string | undefined, more: Partial<ApiResponse> = {}): ApiResponse {
  const headers = { ...(type !== undefined && { 'content-type': type }), ...more.headers };
  return { status: 200, body: Buffer.from(body), cut: false, secrets: [], ...more, headers };
}

describe('a result', () => {
  test('of JSON has structured content; what is no object is its member data', () => {
    expect(shapeResponse(response('{"a":[1]}', 'application/json'), 'GET')).toMatchObject({ structured: { a: [1] } });
    expect(shapeResponse(response('[1]', 'application/hal+json; charset=utf-8'), 'GET')).toMatchObject({
      structured: { data: [1] },
      content: [{ type: 'text', text: '{"data":[1]}' }],
    });
  });

  test('keeps the digits of integers that a JavaScript number would round', () => {
    const { structured } = shapeResponse(response('{"id":9007199254740993}', 'application/json'), 'GET') as ToolContent;
    expect(structured).toEqual({ id: '9007199254740993' });
  });

  test('that is called JSON and is none is text', () => {
    expect(shapeResponse(response('<html>', 'application/json'), 'GET')).toBe('<html>');
    expect(() => shapeResponse(response('<html>', 'text/html'), 'GET', 'json')).toThrow('did not answer with JSON');
  });

  test('of text is in the character set that it declares', () => {
    expect(shapeResponse(response(Buffer.from([0xe4]), 'text/plain; charset="latin1"'), 'GET')).toBe('ä');
    expect(shapeResponse(response('ä', 'text/csv'), 'GET')).toBe('ä');
    expect(shapeResponse(response('a', 'text/plain; charset=nonsense'), 'GET')).toBe('a');
  });

  test.each([
    ['image/png', { type: 'image', mimeType: 'image/png', data: 'AAE=' }],
    ['audio/wav', { type: 'audio', mimeType: 'audio/wav', data: 'AAE=' }],
    ['application/pdf', { type: 'resource', resource: { mimeType: 'application/pdf', blob: 'AAE=' } }],
    [undefined, { type: 'resource', resource: { mimeType: 'application/octet-stream', blob: 'AAE=' } }],
  ])('of type %s is base64 with its type', (type, block) => {
    expect(shapeResponse(response(Buffer.from([0, 1]), type), 'GET')).toMatchObject({ content: [block] });
  });

  test('that has not changed is an answer, and no redirect', () => {
    expect(shapeResponse(response('', undefined, { status: 304 }), 'GET')).toMatch('not modified');
    expect(() => shapeResponse(response('', undefined, { status: 302 }), 'GET')).toThrow('Redirects are not followed');
  });

  test('without a type is what it looks like', () => {
    expect(shapeResponse(response(' {"a":1}', undefined), 'GET')).toMatchObject({ structured: { a: 1 } });
    expect(shapeResponse(response('a\tä\n', undefined), 'GET')).toBe('a\tä\n');
    expect(shapeResponse(response('[no JSON', undefined), 'GET')).toBe('[no JSON');
    expect(shapeResponse(response(Buffer.from([0xff]), undefined), 'GET')).toMatchObject({
      content: [{ type: 'resource' }],
    });
  });

  test('in a compressed form is refused, and its bytes are not shown', () => {
    const headers = { 'content-encoding': 'gzip' };
    const packed = (status: number): (() => unknown) => {
      const answer = response('\u001f', 'application/json', { status, headers });
      return () => shapeResponse(answer, 'GET');
    };
    expect(packed(200)).toThrow('compressed form');
    expect(packed(400)).toThrow(expect.objectContaining({ type: 'tool_error', output: undefined }));
    const identity = { 'content-encoding': 'identity' };
    expect(shapeResponse(response('1', 'text/plain', { headers: identity }), 'GET')).toBe('1');
  });

  test('of HEAD is the headers, and no content says so', () => {
    const head = response('', 'text/plain', { headers: { etag: '"1"', 'set-cookie': 'a' } });
    expect(shapeResponse(head, 'HEAD')).toMatchObject({
      structured: { status: 200, headers: { 'content-type': 'text/plain', etag: '"1"' } },
    });
    expect(shapeResponse(response('', undefined, { status: 204 }), 'DELETE')).toBe('[HTTP 204, no content]');
  });

  test('does not repeat a secret', () => {
    const shaped = shapeResponse(response('{"sent":"tok-1234"}', 'application/json', { secrets: ['tok-1234'] }), 'GET');
    expect(JSON.stringify(shaped)).not.toContain('tok-1234');
  });
});

test.each([
  [301, 'unavailable'],
  [401, 'unavailable'],
  [403, 'tool_error'],
  [404, 'tool_error'],
  [408, 'unavailable'],
  [422, 'tool_error'],
  [429, 'resource_exhausted'],
  [500, 'execution_error'],
  [503, 'unavailable'],
])('status %i is %s', (status, type) => {
  expect(() => shapeResponse(response('{}', 'application/json', { status }), 'GET')).toThrow(
    expect.objectContaining({ type }),
  );
});

test('an error has the first 4 KiB of the answer, without secrets, and the time of Retry-After', () => {
  const long = response(`tok-1234${'ä'.repeat(4096)}`, 'text/plain', {
    status: 429,
    secrets: ['tok-1234'],
    headers: { 'retry-after': '7' },
  });
  const error = errorOf(long);
  expect(error.retryAfterMs).toBe(7000);
  expect(error.output?.content[0]).toMatchObject({ text: expect.stringMatching(/^\[redacted\]ä+\n\[cut after 4096/) });
  expect(errorOf(response('secret page', 'text/html', { status: 401 })).output).toBeUndefined();
});

function errorOf(given: ApiResponse): { retryAfterMs: number | undefined; output: ToolContent | undefined } {
  try {
    shapeResponse(given, 'GET');
  } catch (error) {
    return error as ReturnType<typeof errorOf>;
  }
  throw new Error('no error');
}
