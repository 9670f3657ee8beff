import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { LineReader } from './line-reader.ts';

function read(chunks: readonly Uint8Array[], maxBytes: number): (readonly [string, boolean])[] {
  const lines: (readonly [string, boolean])[] = [];
  const reader = new LineReader({ maxBytes, onLine: (line, isCut) => lines.push([line.toString('latin1'), isCut]) });
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  reader.end();
  return lines;
}

test('lines are the same however the bytes are cut into chunks', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '\n', 'cc'), { maxLength: 60 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (whole, sizes) => {
      const bytes = Buffer.from(whole);
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length;) {
        const size = sizes[chunks.length % sizes.length]!;
        chunks.push(bytes.subarray(at, at + size));
        at += size;
      }
      const expected = whole
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => [line.slice(0, 5), line.length > 5]);
      expect(read(chunks, 5)).toEqual(expected);
    }),
  );
});

test('a carriage return before the line end belongs to the end', () => {
  expect(read([Buffer.from('one\r\ntw\ro\n')], 100)).toEqual([
    ['one', false],
    ['tw\ro', false],
  ]);
});
