import { expect, test } from 'vitest';

import { escapeJsonLine, escapePrettyLine } from './safe-line.ts';

test('a JSON line with bidirectional and C1 characters is ASCII there and parses to the same value', () => {
  const value = { msg: 'a\u202eb\u009b31mc\u2028d', größe: 1 };
  const line = escapeJsonLine(`${JSON.stringify(value)}\n`);
  expect(line).not.toMatch(/[\u007f-\u009f\u2028-\u202e]/u);
  expect(JSON.parse(line)).toEqual(value);
});

test.each(['\n[12:00:00.000] INFO: forged', '\u001b]8;;http://a/\u0007link', 'a\u202eb', '\r overwritten'])(
  'a pretty line shows %j as visible text',
  (msg) => {
    const shown = JSON.parse(escapePrettyLine(JSON.stringify({ level: 'info', msg, tool: msg }))) as {
      msg: string;
      tool: string;
    };
    // oxlint-disable-next-line no-control-regex -- none may be left
    expect(`${shown.msg}${shown.tool}`).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/u);
  },
);

test('a pretty line keeps the line breaks of a stack and nothing else of it that controls a terminal', () => {
  const line = escapePrettyLine(JSON.stringify({ err: { stack: 'Error: a\n    at b\u001b[2J' } }));
  expect(JSON.parse(line)).toEqual({ err: { stack: 'Error: a\n    at b\\u001b[2J' } });
});
