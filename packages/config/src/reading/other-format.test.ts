import { expect, test } from 'vitest';

import { loadError, loadSample } from '../test-support/sample-store.ts';

test.each([
  ['a merge conflict', '<<<<<<< HEAD\nserver: {}\n=======\nserver: {port: 1}\n>>>>>>> other\n'],
  ['Ansible Vault', '$ANSIBLE_VAULT;1.1;AES256\n3132\n'],
  ['HTML', '<!DOCTYPE html><html><body>404</body></html>'],
  ['XML', '<?xml version="1.0"?>\n<server/>'],
  ['TOML', '[server]\nport = 1\n'],
  ['INI', '[server]\n; note\nport=1\n'],
  ['environment variables', 'MCP_SERVER_PORT=8080\nMCP_SERVER_HOST=::\n'],
  ['exported environment variables', 'export MCP_SERVER_PORT=8080\n'],
  ['a script', '#!/bin/sh\nexec mcp-server\n'],
  ['a key', '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n'],
])('a file that is %s is called that, without its text', async (_, text) => {
  const { problems } = await loadError(text);
  expect(problems).toMatchObject([{ rule: 'other_format' }]);
  expect(problems[0]?.message).not.toMatch(/stream|separator|MIIB/u);
});

test.each(['server: {port: 1}\n# <html>\n', '{"server": {"port": 1}}', '#!yaml\nserver: {port: 1}\n'])(
  'YAML that only looks like another format loads: %j',
  async (text) => {
    await using store = await loadSample(text);
    expect(store.snapshot.values.server.port).toBe(1);
  },
);
