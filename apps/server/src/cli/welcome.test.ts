import { describe, expect, test } from 'vitest';

import { CLIENT_NAMES } from './client/clients.ts';
import { renderWelcome, type WelcomeFacts } from './welcome.ts';

const facts: WelcomeFacts = {
  version: '1.2.3',
  url: 'http://127.0.0.1:8080',
  key: { kind: 'configured' },
  tools: ['ping', 'dig'],
  exampleTool: 'system_info',
  keyVariable: 'MCP_SECURITY_API_KEY',
  program: 'npx mcp-server',
  file: '/home/ann/tools.yaml',
};

describe('the welcome', () => {
  test('names the URL, the tools and a curl that can be pasted', () => {
    const text = renderWelcome(facts);
    expect(text).toContain('listening on http://127.0.0.1:8080');
    expect(text).toContain('ping, dig');
    expect(text).toContain('curl -sS http://127.0.0.1:8080/tools/system_info/execute');
  });

  test('has the command that adds it to a client, with its configuration', () => {
    expect(renderWelcome(facts)).toContain(
      '\n  npx mcp-server client add claude-desktop --config /home/ann/tools.yaml\n',
    );
    expect(renderWelcome({ ...facts, file: undefined })).toContain('client add claude-desktop\n');
  });

  test('names every client that can be added', () => {
    for (const name of CLIENT_NAMES) expect(renderWelcome(facts)).toContain(name);
  });

  test('fits into a terminal of 24 lines of 80 columns, with the log lines of a start, whatever the number of tools', () => {
    const tools = ['dns_lookup', 'tcp_check', 'http_probe', 'tls_inspect', 'system_info', 'curl_head'];
    const many = [...tools, ...Array.from({ length: 199 }, (_, index) => `tool_${index}`)];
    const file = '/home/ann/.config/mcp-server/api-key';
    const text = renderWelcome({
      ...facts,
      tools: many,
      key: { kind: 'generated', value: `mcp_${'k'.repeat(43)}`, file },
      program: 'node_modules/.bin/node apps/server/dist/main.js',
      file: '/home/ann/mcp-tool-server/examples/quickstart.yaml',
    });
    expect(text).toContain('tls_inspect and 201 more\n');
    const rows = text
      .trimEnd()
      .split('\n')
      .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 80)), 0);
    expect(rows).toBeLessThanOrEqual(20);
  });

  test.each([
    [['a'], 'a'],
    [['a', 'b'], 'a, b'],
    [['a'.repeat(70)], 'a'.repeat(70)],
    [['a'.repeat(40), 'b'.repeat(40)], `${'a'.repeat(40)} and 1 more`],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'a, b, c, d, e, f and 1 more'],
  ])('names as many tools as fit a line: %j', (tools, expected) => {
    expect(renderWelcome({ ...facts, tools })).toContain(`  Tools         ${expected}\n`);
  });

  test('shows a key that was made now, and only where an older one is kept', () => {
    const file = '/home/ann/.config/mcp-server/api-key';
    expect(renderWelcome({ ...facts, key: { kind: 'generated', value: 'mcp_new', file } })).toContain('mcp_new');
    expect(renderWelcome({ ...facts, key: { kind: 'kept', file } })).toContain(`in ${file}`);
  });

  test('quotes a path with spaces for the shell of the person who pastes it', () => {
    const text = renderWelcome({ ...facts, key: { kind: 'kept', file: "/home/ann's own/api key" } });
    expect(text).toContain(String.raw`$(cat '/home/ann'\''s own/api key')`);
  });

  test('shows when authentication is off', () => {
    const text = renderWelcome({ ...facts, key: { kind: 'none' } });
    expect(text).toContain('authentication is off');
    expect(text).not.toContain('Authorization');
  });

  test('lists the tools where none can be called without arguments', () => {
    expect(renderWelcome({ ...facts, exampleTool: undefined })).toContain('curl -sS http://127.0.0.1:8080/tools \\');
  });

  test('names a variable only where it holds the key', () => {
    expect(renderWelcome(facts)).toContain('Bearer $MCP_SECURITY_API_KEY');
    expect(renderWelcome({ ...facts, keyVariable: undefined })).toContain('Bearer <a configured key>');
  });
});
