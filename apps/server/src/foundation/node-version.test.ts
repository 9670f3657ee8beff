import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nodeOfClone, unsupportedNodeMessage } from './node-version.ts';

test.each(['22.18.0', '22.21.1', '24.0.0', '26.10.0'])('%s is supported', (version) => {
  expect(unsupportedNodeMessage(version)).toBeUndefined();
});

test.each(['18.20.8', '20.20.2', '22.17.1'])('%s is not supported, and the message names the minimum', (version) => {
  expect(unsupportedNodeMessage(version)).toBe(`This is Node ${version}; the server needs 22.18 or later.`);
});

test('the manifest has the same minimum', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    engines: { node: string };
  };
  expect(engines.node).toBe('>=22.18');
});

test('the entry loads nothing else before the check', () => {
  const imports = (file: string): string[] =>
    readFileSync(new URL(file, import.meta.url), 'utf8').match(/^(?:import|export) .* from .*$/gmu) ?? [];
  expect(imports('../main.ts')).toEqual([
    "import { nodeOfClone, unsupportedNodeMessage } from './foundation/node-version.ts';",
  ]);
  expect(imports('node-version.ts')).toEqual([]);
});

test('in a clone, the fix is the Node that the clone installed', () => {
  expect(nodeOfClone('/home/ann/mcp/apps/server/dist/main.js')).toContain('npx -y pnpm@12.21.0 exec mcp-server');
  expect(nodeOfClone('/usr/lib/node_modules/@mcp/server/dist/main.js')).toMatch(
    /https:\/\/nodejs\.org.*npm install node@24/,
  );
});
