import { expect, test } from 'vitest';

import { systemClock } from '../clock.ts';
import { readEvents } from './event-reader.ts';

/** What a stream says up to each of its chunks. */
async function read(chunks: readonly string[]): Promise<readonly string[][]> {
  const data: string[] = [];
  const after: string[][] = [];
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) {
      yield Buffer.from(chunk);
      after.push([...data]);
    }
  }
  const nothing = (): void => {};
  await readEvents(body(), {
    maxBytes: 1000,
    clock: systemClock,
    onData: (each) => void data.push(each),
    onId: nothing,
    onRetry: nothing,
  });
  return after;
}

const STREAM = ['event: message', 'data: one', 'data: more', '', ': a comment', 'data: two', '', ''];
const EVENTS = ['one\nmore', 'two'];

test.each([
  ['CR', '\r'],
  ['LF', '\n'],
  ['CRLF', '\r\n'],
])('a stream whose lines end with %s is read, wherever it is cut', async (_, end) => {
  const text = STREAM.join(end);
  for (let at = 0; at <= text.length; at += 1) {
    expect((await read([text.slice(0, at), text.slice(at)])).at(-1)).toEqual(EVENTS);
  }
  expect((await read(Array.from(text))).at(-1)).toEqual(EVENTS);
});

test('line ends may be mixed, and a CR and a LF that belong together are one', async () => {
  expect((await read(['data: 1\r\rdata: 2\n\r\ndata: 3\r', '\n', '\r\ndata: 4\n\n'])).at(-1)).toEqual([
    '1',
    '2',
    '3',
    '4',
  ]);
  expect((await read(['data: a\r', '\ndata: b\r', '\n\r\n'])).at(-1)).toEqual(['a\nb']);
});

test('an event has come as soon as its line has ended', async () => {
  expect(await read(['data: 1\r\r', 'data: 2\r', '\r', 'data: 3'])).toEqual([['1'], ['1'], ['1', '2'], ['1', '2']]);
});
