import { expect, test } from 'vitest';

import { lastLine } from './last-line.ts';

test.each([
  ['', undefined],
  [' \n\n', undefined],
  ['df: /x: No such file or directory\n', 'df: /x: No such file or directory'],
  ['usage: x\r\n  \tbad   flag \r\n \n', 'bad flag'],
])('the last line of %j that is not blank is %j', (text, line) => {
  expect(lastLine(text)).toBe(line);
});

test('a long line keeps its beginning, in 200 characters of whole code points', () => {
  const line = lastLine(`first\n${'x'.repeat(198)}${'\u{1f600}'.repeat(9)}`);
  expect(line).toHaveLength(200);
  expect(line?.isWellFormed()).toBe(true);
  expect(line).toMatch(/^x{198}.?\u2026$/u);
});
