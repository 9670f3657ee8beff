import { expect, test } from 'vitest';

import { plainText } from './plain-text.ts';

test('ordinary text of any script stays as it is', () => {
  expect(plainText('größe 大小 😀 <b>')).toBe('größe 大小 😀 <b>');
});

test.each([
  ['a change of direction', 'abc\u202Egnp.exe', 'abc\\u202egnp.exe'],
  ['what is invisible', 'pa\u200Bypal', 'pa\\u200bypal'],
  ['a control', 'a\u001B[31m', 'a\\u001b[31m'],
  ['half of a character', 'x\uD800', 'x\\ud800'],
])('%s is made visible', (_, text, shown) => expect(plainText(text)).toBe(shown));

test('lines become one, and very long text is cut', () => {
  expect(plainText('a\nb\tc')).toBe('a b c');
  expect(plainText('x'.repeat(5000))).toHaveLength(2001);
});
