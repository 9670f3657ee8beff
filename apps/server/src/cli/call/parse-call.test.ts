import { describe, expect, test } from 'vitest';

import { parseCall, parseTools } from './parse-call.ts';

const options = { flags: [] };

describe('mcp-server call', () => {
  test('takes options before and after the tool, and every other option as an argument of the tool', () => {
    expect(parseCall(['--json', 'ping', '--target', '10.0.0.7', '--count=3', '--config', 'c.yaml', '--quiet'])).toEqual(
      {
        options: { flags: [], config: 'c.yaml' },
        local: false,
        json: true,
        tool: 'ping',
        toolArguments: [
          { name: 'target', value: '10.0.0.7' },
          { name: 'count', value: '3' },
          { name: 'quiet', value: undefined },
        ],
      },
    );
  });

  test('a value may begin with one dash, be empty, or contain an equals sign', () => {
    const { toolArguments } = parseCall(['t', '--offset', '-5', '--empty=', '--filter', 'a=b', '--text=--x']);
    expect(toolArguments.map(({ value }) => value)).toEqual(['-5', '', 'a=b', '--x']);
  });

  test('behind a lone -- every option is an argument of the tool', () => {
    expect(parseCall(['t', '--json', '--', '--config', 'x', '--json'])).toMatchObject({
      json: true,
      options,
      toolArguments: [
        { name: 'config', value: 'x' },
        { name: 'json', value: undefined },
      ],
    });
  });

  test('takes the arguments as JSON', () => {
    expect(parseCall(['t', '--input', '-'])).toMatchObject({ tool: 't', input: '-', toolArguments: [] });
  });

  test.each([
    ['no tool', [], 'needs the name of a tool'],
    ['a stray word', ['ping', '10.0.0.7'], "Unexpected argument '10.0.0.7'"],
    ['an unknown option before the tool', ['--jsno', 'ping'], "Unknown option '--jsno'"],
    ['an option without its value', ['ping', '--server'], "'--server <value>' argument missing"],
    ['two places to look for tools', ['ping', '--local', '--server', 'http://x'], '--local and --server'],
  ])('rejects %s', (_, args, message) => {
    expect(() => parseCall(args)).toThrow(message);
  });
});

test('mcp-server tools takes the same server options', () => {
  expect(parseTools(['--server', 'http://10.0.0.1:8080', '--key-file', 'k', '--json'])).toEqual({
    options,
    server: 'http://10.0.0.1:8080',
    keyFile: 'k',
    local: false,
    json: true,
  });
  expect(() => parseTools(['ping'])).toThrow("Unexpected argument 'ping'");
});
