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

/** Shell scripts whose output or end is unusual, with the other settings of their tools. */
const scripts: Readonly<Record<string, { readonly script: string; readonly settings?: string }>> = {
  errors_only: { script: 'for i in $(seq 200); do echo "line $i of the reason" >&2; done; exit 1' },
  exit_code_3: { script: 'seq 1000; echo "the last reason" >&2; exit 3' },
  warnings: { script: 'seq 1000; echo "deprecated" >&2' },
  crlf: { script: "for i in $(seq 200); do printf 'line %d\\r\\n' $i; done" },
  unicode: { script: "for i in $(seq 200); do echo 'Größe 東京 👩 naïve'; done" },
  json_lines: { script: 'for i in $(seq 200); do echo "{\\"id\\":$i,\\"name\\":\\"item\\"}"; done' },
  parsed: { script: 'seq -s, 300 | sed "s/^/[/;s/$/]/"', settings: 'output: json' },
  parsed_lines: { script: 'seq 300', settings: 'output: lines' },
  too_long: { script: 'seq 1000; exec sleep 60', settings: 'timeout: 1s' },
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
    ...Object.entries(scripts).map(([name, { script, settings = 'output: text' }]) => {
      const args = `[-c, { literal: ${JSON.stringify(script)} }]`;
      return `  ${name}: { description: Prints something, command: sh, allowInterpreter: true, args: ${args}, ${settings} }`;
    }),
    '  silent: { description: Prints nothing, command: "true", args: [] }',
    '  megabyte: { description: Prints much, command: seq, args: ["160000"] }',
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

  test.each(Object.entries(scripts))('so it is of %s', async (name, { script }) => {
    const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' };
    const { stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8', env, timeout: 500 });
    const output = stdout.length + stderr.length;
    const read = await agent.modelReads(name, {}).catch((error: unknown) => String(error));
    expect(output).toBeGreaterThan(0);
    expect(read.length / output).toBeLessThanOrEqual(1.1);
    expect(read.length / output).toBeGreaterThan(0.9);
  });

  test('a program without output is said to have none', async () => {
    expect(await agent.modelReads('silent', {})).toBe('[no output; exit code 0]');
  });

  test('of a megabyte the model reads head and tail, and how much is left out', async () => {
    const read = await agent.modelReads('megabyte', {});
    expect(read).toMatch(/^1\n2\n[^]*\n\[\d+ of \d+ bytes left out here[^]*\n159999\n160000\n$/u);
    expect(read.length).toBeLessThanOrEqual(33_000);
  });

  test('a failed call tells the model what failed', async () => {
    const read = await agent.modelReads('fails', {}).catch((error: unknown) => String(error));
    expect(read).toContain('tool_error: The program ended with exit code 2.');
    expect(read).toContain('/nonexistent');
  });
});
