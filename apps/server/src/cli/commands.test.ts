import { expect, test } from 'vitest';

import { invokedAs } from './commands.ts';

test.each([
  ['npx', ['node', '/x/node_modules/.bin/mcp-server'], { npm_command: 'exec' }, 'npx mcp-server'],
  [
    'pnpm exec',
    ['node', '/x/main.js'],
    { npm_config_user_agent: 'pnpm/12.21.0 npm/?' },
    'npx -y pnpm@12.21.0 exec mcp-server',
  ],
  ['the installed program', ['node', '/usr/bin/mcp-server'], {}, 'mcp-server'],
  ['node and the built file', ['node', `${process.cwd()}/dist/main.js`], {}, 'node dist/main.js'],
])('commands are printed as for %s', (_, argv, env, expected) => {
  expect(invokedAs(argv, env)).toBe(expected);
});
