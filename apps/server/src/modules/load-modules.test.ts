import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigVetoError } from '@mcp/config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { loadModules, noModules } from './load-modules.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-modules-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
/** Each under its own name, since a module is loaded once for good. */
function module(text: string): string {
  count += 1;
  const name = `module-${count}.mjs`;
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function problemsOf(...paths: string[]): Promise<string[]> {
  try {
    await loadModules(paths);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigVetoError)) throw error;
    return error.problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
  }
}

const PROMPT = "{ name: 'p', render: () => 'hello' }";
const RESOURCE = "{ uri: 'notes://today', name: 'n', read: () => 'note' }";

describe('modules', () => {
  test('offer what they export', async () => {
    const path = module(`export const prompts = [${PROMPT}]; export const resources = [${RESOURCE}];`);
    const loaded = await loadModules([path]);
    expect(loaded.prompts.map(({ name }) => name)).toEqual(['p']);
    expect(loaded.resources).toHaveLength(1);
  });

  test('are none unless listed', async () => {
    expect(await loadModules([])).toEqual(noModules);
  });

  test('that are not there are named, with what the path is relative to', async () => {
    const [problem] = await problemsOf(join(folder, 'nowhere.mjs'));
    expect(problem).toMatch(
      /^modules\.0: Module \S*\/nowhere\.mjs: It cannot be loaded: .*relative to the configuration file/u,
    );
  });

  test.each([
    ['cannot be parsed', 'export const tools = [', /cannot be loaded: \w*Error: /u],
    ['throw while they load', "throw new Error('no database');", /Error: no database\.$/u],
    ['export nothing of use', 'export const tool = {};', /exports none of tools, prompts, resources and setup/u],
    ['export something else than a list', 'export const tools = {};', /tools must be an array/u],
    [
      'export what is no tool',
      "export const tools = [{ name: 't' }];",
      /tools\[0\]: This is not a tool\. Create it with defineTool/u,
    ],
    [
      'export a prompt that cannot be rendered',
      "export const prompts = [{ name: 'p' }];",
      /prompts\[0\]: A prompt needs/u,
    ],
    [
      'take the name of a prompt of the server',
      "export const prompts = [{ name: 'explain_tool', render() {} }];",
      /already has a prompt explain_tool/u,
    ],
    [
      'have a resource without an address',
      "export const resources = [{ name: 'r', read() {} }];",
      /either a uri or a uriTemplate/u,
    ],
    [
      'take an address of the server',
      "export const resources = [{ name: 'r', uri: 'mcp://health', read() {} }];",
      /reserved for the server/u,
    ],
    [
      'have a prompt with a title that is no text',
      "export const prompts = [{ name: 'p', title: 1, render() {} }];",
      /The title of the prompt p must be text/u,
    ],
    [
      'have a prompt argument with a description that is no text',
      "export const prompts = [{ name: 'p', arguments: [{ name: 'a', description: {} }], render() {} }];",
      /The description of the argument a must be text/u,
    ],
    [
      'have a resource with a type that is no text',
      "export const resources = [{ name: 'r', uri: 'notes://r', mimeType: 1, read() {} }];",
      /The mimeType of the resource r must be text/u,
    ],
    ['export a setup that is no function', 'export const setup = 1;', /setup must be a function/u],
    ['say the same name twice', `export const prompts = [${PROMPT}, ${PROMPT}];`, /another prompt named p in it/u],
  ])('that %s are refused', async (_, text, expected) => {
    const problems = await problemsOf(module(text));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
    expect(problems[0]).not.toMatch(/\n|node_modules|:\d+:\d+/u);
  });

  test('that offer the same thing are refused, and both named', async () => {
    const [one, other] = [module(`export const prompts = [${PROMPT}];`), module(`export const prompts = [${PROMPT}];`)];
    expect(await problemsOf(one, other)).toEqual([
      `modules.1: Module ${other}: There is another prompt named p in ${one}; rename one.`,
    ]);
  });

  test('are all checked, so that one start shows everything that is wrong', async () => {
    expect(await problemsOf('./a.mjs', module('export const tools = 1;'), './b.mjs')).toHaveLength(3);
  });
});

test.each([
  ['process.exit(7)', 7],
  ['await new Promise(() => {})', 13],
])('a module that ends the process while it is loaded is named: %s', (text, status) => {
  const path = module(text);
  const loader = new URL('load-modules.ts', import.meta.url).href;
  const program = `const { loadModules } = await import('${loader}'); await loadModules([${JSON.stringify(path)}]);`;
  const args = ['--conditions=@mcp/source', '--input-type=module', '--eval', program];
  const ended = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(ended.status).toBe(status);
  expect(ended.stderr).toContain(`Module ${path} ended the process while it was loaded (exit code ${status})`);
});
