import { expect, test } from 'vitest';
import { isFlagToken, isParameterName, isToolName } from './names.ts';

test.each(['a', 'port_check', 'a.b-c', 'x'.repeat(128)])('%s is a tool name', (text) => {
  expect(isToolName(text)).toBe(true);
});

test.each(['', 'a b', 'a/b', 'ä', 'x'.repeat(129), 'constructor', 'toString', '__proto__', 'a\n'])(
  '%j is not a tool name',
  (text) => {
    expect(isToolName(text)).toBe(false);
  },
);

test.each(['count', '_x', 'a1'])('%s is a parameter name', (text) => {
  expect(isParameterName(text)).toBe(true);
});

test.each(['', '1a', 'a-b', 'target', 'extraArgs', 'constructor', 'x'.repeat(65)])(
  '%j is not a parameter name',
  (text) => {
    expect(isParameterName(text)).toBe(false);
  },
);

test.each(['-c', '-4', '-#', '--max-time', '+short', '-c:v', '-Pn'])('%s is a flag', (text) => {
  expect(isFlagToken(text)).toBe(true);
});

test.each(['', '-', '--', '---', 'c', '-c x', '--a=b', '-c\n', '-;', `--${'a'.repeat(65)}`])(
  '%j is not a flag',
  (text) => {
    expect(isFlagToken(text)).toBe(false);
  },
);
