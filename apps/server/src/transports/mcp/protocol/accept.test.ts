import { expect, test } from 'vitest';

import { acceptsJsonAndStream, acceptsStream } from './accept.ts';

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
  ['', false, false],
])('Accept: %s', (accept, both, stream) => {
  expect([acceptsJsonAndStream(accept), acceptsStream(accept)]).toEqual([both, stream]);
});
