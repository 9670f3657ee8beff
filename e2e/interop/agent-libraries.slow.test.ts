/** The libraries by which agents use MCP servers list every tool, call them, and give the model little beside the output. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { agentLibraries, type ConnectedAgent } from '../harness/agent-libraries.ts';
import { scratch, startHttpServer, type HttpServerProcess, type Scratch } from '../harness/server-process.ts';

const data = JSON.stringify({ items: Array.from({ length: 40 }, (_, id) => ({ id, name: `item ${id}` })) });

/** Programs whose output changes little between two runs. `{data}` is a file of JSON. */
const programs: Readonly<Record<string, readonly string[]>> = {
  disk_free: ['df', '-k'],
  folder: ['ls', '-l', '/etc'],
  processes: ['ps', '-e', '-o', 'pid,comm'],
  accounts: ['getent', 'passwd'],
  file_status: ['stat', '/etc/passwd'],
  numbers: ['seq', '2000'],
  system: ['uname', '-a'],
  memory: ['free', '-k'],
  json: ['jq', '.items[].name', '{data}'],
  text: ['cat', '/etc/os-release'],
};

/** More tools than one page of `tools/list` holds. */
const MANY = 400;
const many = Array.from(
  { length: MANY },
  (_, index) =>
    `  tool_${index}: { description: '${'A description of some length. '.repeat(10)}', command: printf, args: [ok] }`,
);

let place: Scratch;
let server: HttpServerProcess;
beforeAll(async () => {
  place = scratch();
  const file = place.write('data.json', data);
  const declared = Object.entries(programs).map(([name, [command, ...args]]) => {
    const list = JSON.stringify(args.map((argument) => argument.replace('{data}', file)));
    return `  ${name}: { description: Prints something, command: ${command}, args: ${list} }`;
  });
  const configuration = [
    'security: { rateLimit: { requests: 10000, window: 60 } }',
    'tools:',
    ...declared,
    ...many,
    '  fails: { description: Fails, command: ls, args: [/nonexistent] }',
  ].join('\n');
  server = await startHttpServer({ configuration });
});
afterAll(async () => {
  await server.stop();
  place[Symbol.dispose]();
});

/** What the program prints when it is started by hand, with the environment that tools have. */
function printed(name: string): string {
  const [command = '', ...args] = (programs[name] ?? []).map((argument) =>
    argument.replace('{data}', `${place.folder}/data.json`),
  );
  return spawnSync(command, args, { encoding: 'utf8', env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } }).stdout;
}

const isInstalled = (name: string): boolean => spawnSync(programs[name]?.[0] ?? '', ['--version']).error === undefined;

describe.each(agentLibraries)('$name', ({ connect }) => {
  let agent: ConnectedAgent;
  beforeAll(async () => {
    agent = await connect(server.url);
  });
  afterAll(() => agent[Symbol.asyncDispose]());

  test('lists every tool once, over all pages', async () => {
    const names = await agent.toolNames();
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining([...Object.keys(programs), ...many.map((_, index) => `tool_${index}`)]),
    );
  });

  const isIn = Object.keys(programs).map((name) => ({ name, missing: !isInstalled(name) }));
  test.for(isIn)(
    'what the model reads of $name is at most 1.1 times its output',
    async ({ name, missing }, { skip }) => {
      skip(missing, 'the program is not installed');
      const output = printed(name);
      const read = await agent.modelReads(name, {});
      expect(output).not.toBe('');
      expect(read.length / output.length).toBeLessThanOrEqual(1.1);
      expect(read.length / output.length).toBeGreaterThan(0.5);
    },
  );

  test('a failed call tells the model what failed', async () => {
    const read = await agent.modelReads('fails', {}).catch((error: unknown) => String(error));
    expect(read).toContain('tool_error: The program ended with exit code 2.');
    expect(read).toContain('/nonexistent');
  });
});
