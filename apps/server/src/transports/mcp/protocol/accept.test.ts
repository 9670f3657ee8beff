import { expect, test } from 'vitest';

import { acceptsJson, acceptsJsonAndStream, acceptsStream } from './accept.ts';

test.each<[string | undefined, boolean, boolean]>([
  ['application/json, text/event-stream', true, true],
  ['text/event-stream,application/json', true, true],
  [undefined, true, true],
  ['*/*', true, true],
  ['application/*, text/*', true, true],
  ['application/json;q=0.9, text/event-stream;q=0.5', true, true],
  ['Application/JSON, Text/Event-Stream', true, true],
  ['application/json, */*;q=0.1', true, true],
  ['application/json', false, false],
  ['text/event-stream', false, true],
  ['application/json, text/event-stream;q=0', false, false],
  ['*/*, text/event-stream;q=0', false, false],
  ['*/*;q=0, application/json, text/event-stream', true, true],
  ['application/*', false, false],
  ['text/html', false, false],
  ['', true, true],
  [' , ', true, true],
])('Accept: %s', (accept, both, stream) => {
  expect([acceptsJsonAndStream(accept), acceptsStream(accept)]).toEqual([both, stream]);
});

test.each<[string, boolean]>([
  ['application/json', true],
  ['application/*', true],
  ['text/event-stream', false],
  ['application/json;q=0, */*', false],
])('Accept: %s accepts JSON: %j', (accept, expected) => {
  expect(acceptsJson(accept)).toBe(expected);
});
