import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { OutputText } from '../command/output-text.ts';
import { shortenText } from './shorten-text.ts';

const NOTE = /\n?\[(?<omitted>\d+) of \d+ bytes left out here; narrow the call to see them\]\n/;

test('a shortened text is a head and a tail of the whole, within the limit, and says what is missing', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.integer({ min: 200, max: 400 }), (words, maxBytes) => {
      const text = `${words.join('\n')}${'ä€😀'.repeat(100)}`;
      const bytes = Buffer.byteLength(text);
      const short = shortenText({ start: text, end: text, bytes }, maxBytes);
      const found = NOTE.exec(short);
      const [head = '', tail = ''] = short.split(found?.[0] ?? '');
      expect(Buffer.byteLength(short)).toBeLessThanOrEqual(maxBytes);
      expect(text.startsWith(head) && text.endsWith(tail)).toBe(true);
      expect(short.isWellFormed()).toBe(true);
    }),
  );
});

test('output that comes in chunks is shortened as the whole would be', () => {
  const whole = Array.from({ length: 3000 }, (_, index) => `${index} ä€😀`).join('\n');
  const bytes = Buffer.from(whole);
  const text = new OutputText(1000);
  for (let at = 0; at < bytes.length; at += 7) text.write('stdout', bytes.subarray(at, at + 7));
  const expected = shortenText({ start: whole, end: whole, bytes: bytes.length }, 1000);
  text.end(false);
  expect(text.text()).toMatchObject({ stdout: expected, isShortened: true });
});
