import { expect, test } from 'vitest';

import { loadServerConfig } from '../configuration/test-support/load-server-config.ts';
import { unmatchedPatterns } from './unmatched-patterns.ts';

const NAMES = ['ping', 'http_probe'];
const UPSTREAM = 'upstreams: { wiki: { url: "https://wiki.example.com/mcp" } }\n';

test.each([
  ['includePatterns: ["*"]', []],
  ['includePatterns: [ping, "http_*"], excludePatterns: ["*_probe"]', []],
  ['excludePatterns: [nmap_discovery]', []],
  ['includePatterns: [pingg, "*"]', [{ key: 'tool.includePatterns', pattern: 'pingg' }]],
  ['excludePatterns: [http_prob]', [{ key: 'tool.excludePatterns', pattern: 'http_prob' }]],
])('tool: { %s }', async (tool, expected) => {
  await using store = await loadServerConfig(`tool: { ${tool} }\n`);
  expect(unmatchedPatterns(store.snapshot.values, NAMES)).toEqual(expected);
});

test.each([
  ['wiki_edit', []],
  ['wiki_*', []],
  ['*_edit', []],
  ['wi*', []],
  ['wik', ['wik']],
  ['pin_*', ['pin_*']],
])('a pattern that may match a tool of an upstream is left out: %s', async (pattern, expected) => {
  await using store = await loadServerConfig(`${UPSTREAM}tool: { excludePatterns: ["${pattern}"] }\n`);
  expect(unmatchedPatterns(store.snapshot.values, NAMES).map((each) => each.pattern)).toEqual(expected);
});
