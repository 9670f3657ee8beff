import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-readme-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the example as it is, or with other content of its file. */
function run(content?: string): { stdout: string; stderr: string } {
  const yaml = String.raw`'server:\n  port: 9090\n'`;
  expect(example).toContain(yaml);
  const code = content === undefined ? example : example.replace(yaml, JSON.stringify(content));
  const path = join(folder, 'shop.yaml');
  const flags = [
    '--conditions=@mcp/source',
    '--input-type=module-typescript',
    '-e',
    code.replaceAll("'shop.yaml'", JSON.stringify(path)),
  ];
  const { stdout, stderr } = spawnSync(process.execPath, flags, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { stdout, stderr: stderr.replaceAll(path, 'shop.yaml') };
}

test('the example of the README runs', () => {
  expect(run().stdout).toMatch(/^9090 \{\s+source: 'file'/);
});

test('and prints the errors that the README shows', () => {
  const quoted = readme.slice(readme.indexOf('    The configuration has 2 problems.'), readme.indexOf('## Limits'));
  const text = quoted.replaceAll(/^ {4}/gm, '').trim();
  expect(run('server:\n  prot: 1\n  idleTimeout: 5 minutes\n').stderr).toContain(text);
});
