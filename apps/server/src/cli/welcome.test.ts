import { describe, expect, test } from 'vitest';

import { renderWelcome, type WelcomeFacts } from './welcome.ts';

const facts: WelcomeFacts = {
  version: '1.2.3',
  url: 'http://127.0.0.1:8080',
  key: { kind: 'configured' },
  tools: ['ping', 'dig'],
  exampleTool: 'system_info',
  keyVariable: 'MCP_SECURITY_API_KEY',
  command: ['/usr/bin/node', 'main.js', '--transport', 'stdio'],
};

describe('the welcome', () => {
  test('names the URL, the tools and a curl that can be pasted', () => {
    const text = renderWelcome(facts);
    expect(text).toContain('listening on http://127.0.0.1:8080');
    expect(text).toContain('ping, dig');
    expect(text).toContain('curl -sS http://127.0.0.1:8080/tools/system_info/execute');
  });

  test('holds a JSON block that a desktop client reads', () => {
    const block: unknown = JSON.parse(/^ {2}\{\n[\s\S]*?^ {2}\}$/mu.exec(renderWelcome(facts))?.[0] ?? '');
    expect(block).toEqual({
      mcpServers: { tools: { command: '/usr/bin/node', args: ['main.js', '--transport', 'stdio'] } },
    });
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
