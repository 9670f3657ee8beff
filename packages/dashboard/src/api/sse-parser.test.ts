import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { SseParser, type StreamMessage } from './sse-parser.ts';

function parse(...chunks: readonly string[]): StreamMessage[] {
  const parser = new SseParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
}

describe('an event', () => {
  test('has the type, data and id that its lines give', () => {
    expect(parse('id: 7\nevent: call.finished\ndata: {"a":1}\n\n')).toEqual([
      { id: '7', type: 'call.finished', data: '{"a":1}' },
    ]);
  });

  test('joins data lines, removes one space, and is a message when it has no type', () => {
    expect(parse('data:a\ndata:  b\ndata\n\n')).toEqual([{ id: '', type: 'message', data: 'a\n b\n' }]);
  });

  test('the last id stays for the events after it; one with NUL is ignored', () => {
    const [first, second] = parse('id: 1\ndata: x\n\nid: 2\0\ndata: y\n\n');
    expect([first?.id, second?.id]).toEqual(['1', '1']);
  });

  test('is dropped without data', () => {
    expect(parse('event: x\n\ndata: y\n\n')).toEqual([{ id: '', type: 'message', data: 'y' }]);
  });

  test('sets the id and the delay for connecting again', () => {
    const parser = new SseParser();
    parser.push('retry: 3000\nid: abc-0\nevent: stream.opened\ndata: {}\n\n');
    expect([parser.lastEventId, parser.retryMs]).toEqual(['abc-0', 3000]);
  });

  test('is complete with its empty line only', () => {
    expect(parse('data: half\n')).toEqual([]);
  });
});

test('comments, unknown fields and a retry that is not a number are ignored', () => {
  const parser = new SseParser();
  expect(parser.push(': heartbeat\n\nwhat: 1\nretry: 3s\ndata: x\n\n')).toHaveLength(1);
  expect(parser.retryMs).toBeUndefined();
});

test('the events are the same wherever chunks end and however lines end', () => {
  const ends = fc.constantFrom('\n', '\r', '\r\n');
  const line = fc.constantFrom('data: a', 'data:', 'data: ä€😀', 'id: 5', 'event: e', ': c', '');
  fc.assert(
    fc.property(fc.array(fc.tuple(line, ends), { maxLength: 20 }), fc.array(fc.nat(60)), (lines, cuts) => {
      const text = lines.map(([l, e]) => l + e).join('');
      const places = [...new Set(cuts.map((cut) => Math.min(cut, text.length)))].sort((a, b) => a - b);
      const chunks = [0, ...places].map((place, i, all) => text.slice(place, all[i + 1]));
      expect(parse(...chunks)).toEqual(parse(text));
    }),
  );
});

test('reads CR, LF and CRLF alike', () => {
  const events = ['\n', '\r', '\r\n'].map((end) => parse(`data: a${end}data: b${end}${end}`));
  expect(events).toEqual([events[0], events[0], events[0]]);
  expect(events[0]).toHaveLength(1);
});
