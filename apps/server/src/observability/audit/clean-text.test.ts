import { expect, test } from 'vitest';

import { cleanText } from './clean-text.ts';

test.each([
  '\0',
  '\n',
  '\u001b',
  '\u0085',
  '\u00ad',
  '\u061c',
  '\u200b',
  '\u200e',
  '\u200f',
  '\u202a',
  '\u202e',
  '\u2066',
  '\u2069',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\ud800',
  '\udfff',
  '\u{e0041}',
])('what controls, reorders or hides text becomes U+FFFD: %j', (character) => {
  expect(cleanText(`a${character}b`, 64)).toBe('a\ufffdb');
});

test.each(['می\u200cخواهم', '👩\u200d💻', 'é', 'क्\u200dष', '日本'])('words and emoji stay: %s', (text) => {
  expect(cleanText(text, 64)).toBe(text);
});

test('a character that the limit splits becomes U+FFFD', () => {
  expect(cleanText('ab💻', 3)).toBe('ab\ufffd');
});
