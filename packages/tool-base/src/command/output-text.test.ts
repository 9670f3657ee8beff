import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutToBytes, sanitizeText } from '../result/sanitize-text.ts';
import { OutputText } from './output-text.ts';

describe('output of a program', () => {
  test.each([
    'Zürich \u2013 日本語\n',
    '\u{1f600} ok\n',
    '100% %s\t|\n',
    '\n\ndata: x\n\n',
    'a\r\nb\r\n',
    'e\u0301 \u2764\ufe0f',
    'می\u200cخواهم क्\u200dष',
    '\u{1f469}\u200d\u{1f4bb} \u{1f469}\u{1f3fd}\u200d\u{1f680} \u2764\ufe0f\u200d\u{1f525}',
    '',
  ])('ordinary text is not changed: %j', (text) => {
    expect(sanitizeText(text)).toEqual({ text, removed: 0 });
  });

  test.each([
    ['\u001b', ''],
    ['\u001b[', ''],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b[2J\u001b[1;1Hx', 'x'],
    ['\u009b31mx', 'x'],
    ['\u001b]0;title\u0007x', 'x'],
    ['\u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009d0;title\u009cx', 'x'],
    ['\u001bPq#0;2;0;0;0\u001b\\x', 'x'],
    ['\u001b]0;no end\nx', '0;no end\nx'],
    ['\u001bcx', 'x'],
    ['\u001b(Bx', 'x'],
    ['a\u0000b\u0007c\u0008d', 'abcd'],
    ['a\u007fb\u0084c', 'abc'],
    ['a\u202eb\u2066c', 'abc'],
    ['a\u200bb\u200dc\ufeffd\u00ade', 'abcde'],
    ['N\bNA\bA\bAM\bM _\bf_\bi', 'NAM fi'],
    ['+\bo 1\b\b2', '+o 12'],
    ['a\u{e0041}\u{e007f}b', 'ab'],
    ['a\u{e0100}b', 'ab'],
  ])('control characters of %j are removed', (text, clean) => {
    expect(sanitizeText(text)).toEqual({ text: clean, removed: text.length - clean.length });
  });

  test('a carriage return by itself is a line end', () => {
    expect(sanitizeText('10%\r50%\r\n100%\r')).toEqual({ text: '10%\n50%\r\n100%\n', removed: 0 });
  });

  test('what separates lines and pages is a line end, so that no words are joined', () => {
    const text = 'page\u000cpage\u000bline\u0085line\u2028line\u2029end';
    expect(sanitizeText(text)).toEqual({ text: 'page\npage\nline\nline\nline\nend', removed: 0 });
  });

  test.each(['\u001b]', '\u009d', '\u001b]x\u009d', '\u200d', 'ش\u200c', 'N\b', '_\b'])(
    'a megabyte of %j is cleaned in linear time',
    { timeout: 120_000 },
    (text) => {
      const cleaned = sanitizeText(text.repeat(500_000));
      expect(cleaned.text.length + cleaned.removed).toBe(text.length * 500_000);
    },
  );

  test('clean text is not changed again', () => {
    const control = fc.constantFrom(
      '\u001b',
      '[',
      '31',
      'm',
      ']',
      '\r',
      '\n',
      '\u009b',
      '\u202e',
      'x',
      '\u001b(',
      'B',
      '\u0007',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(control).map((parts) => parts.join('')),
        ),
        (text) => {
          const { text: once } = sanitizeText(text);
          const chars = Array.from(once.replaceAll('\r\n', '\n'));
          const controls = chars.filter((char) => /^[\p{Cc}\u202a-\u202e\u200b-\u200f]$/u.test(char));
          expect(controls.filter((char) => char !== '\t' && char !== '\n')).toEqual([]);
          expect(once.isWellFormed()).toBe(true);
        },
      ),
    );
  });

  // Quadratic time would be half an hour.
  test('a megabyte of hostile text is cleaned in linear time', { timeout: 120_000 }, () => {
    for (const unit of ['\u001b[', '\u001b', '\u001b[0;', '\u001b((((', '\u202e', '\r']) {
      const { text } = sanitizeText(unit.repeat(2 ** 20 / unit.length));
      expect(text.includes(unit.slice(0, 1))).toBe(false);
    }
  });

  test('a character split over two chunks is one character; bad bytes show as damage', () => {
    const text = new OutputText(1_000_000);
    const bytes = Buffer.from('a€b');
    text.write('stdout', bytes.subarray(0, 2));
    text.write('stdout', bytes.subarray(2));
    text.write('stderr', Buffer.from([0x61, 0xff, 0xfe, 0x62]));
    text.end(false);
    expect(text.text()).toEqual({
      stdout: 'a€b',
      stderr: 'a\ufffd\ufffdb',
      removedCharacters: 0,
      isShortened: false,
      hasInvalidBytes: true,
    });
  });

  test('the replacement character that a program prints itself is no damage', () => {
    const text = new OutputText(1_000_000);
    text.write('stdout', Buffer.from('a\ufffd'));
    text.end(false);
    expect(text.text().hasInvalidBytes).toBe(false);
  });

  test('an unfinished character at the end is damage, unless the output was cut there', () => {
    for (const [cut, expected] of [
      [false, 'a\ufffd'],
      [true, 'a'],
    ] as const) {
      const text = new OutputText(1_000_000);
      text.write('stdout', Buffer.from('a€').subarray(0, 3));
      text.end(cut);
      expect(text.text()).toMatchObject({ stdout: expected, hasInvalidBytes: !cut });
    }
  });

  test('the characters removed from both streams are counted', () => {
    const text = new OutputText(1_000_000);
    text.write('stdout', Buffer.from('a\u0007'));
    text.write('stderr', Buffer.from('\u202e'));
    text.end(false);
    expect(text.text().removedCharacters).toBe(2);
  });

  test('text is cut to whole characters within the bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, bytes) => {
        const cut = cutToBytes(text, bytes);
        expect(text.startsWith(cut)).toBe(true);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytes);
        const next = text.codePointAt(cut.length);
        const fits = next !== undefined && Buffer.byteLength(cut + String.fromCodePoint(next)) <= bytes;
        expect(fits).toBe(false);
      }),
    );
  });
});
