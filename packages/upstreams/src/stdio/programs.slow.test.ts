import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { callTool, createLauncher, Tool, type Launcher, type ToolResult } from '@mcp/tool-base';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';

import { Upstream } from '../upstream.ts';
import type { UpstreamSettings } from '../upstream-options.ts';
import type { UpstreamChange } from '../upstream-report.ts';
import type { StdioConnectionOptions } from './stdio-transport.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PROGRAM = fileURLToPath(new URL('../test-support/scripted-program.ts', import.meta.url));

let launcher: Launcher;
beforeAll(async () => {
  launcher = await createLauncher();
});
afterAll(async () => {
  await launcher[Symbol.asyncDispose]();
});

interface Program {
  readonly upstream: Upstream;
  readonly changes: UpstreamChange[];
  readonly call: (name: string, args?: object, caller?: string) => Promise<ToolResult>;
  readonly text: (name: string, args?: object, caller?: string) => Promise<string>;
}

function program(
  words: string,
  { stdio, ...settings }: Partial<UpstreamSettings> & { readonly stdio?: Partial<StdioConnectionOptions> } = {},
): Program {
  const changes: UpstreamChange[] = [];
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', PROGRAM, ...words.split(' ')] as const;
  const upstream = new Upstream(
    { key: 'up', stdio: { launcher, command: [...command], restart: { initialMs: 50 }, ...stdio }, ...settings },
    (change) => changes.push(change),
  );
  onTestFinished(() => upstream[Symbol.asyncDispose]());
  const tools = new Map<string, Tool>();
  const call: Program['call'] = (name, args = {}, caller = 'ana') => {
    const definition = upstream.tools.find((each) => each.name === `up_${name}`)!;
    if (tools.get(name)?.definition !== definition) tools.set(name, new Tool(definition));
    return callTool(tools.get(name), { arguments: args, caller: { name: caller } });
  };
  return {
    upstream,
    changes,
    call,
    async text(name, args, caller) {
      const { content } = await call(name, args, caller);
      const [block] = content;
      return block?.type === 'text' ? block.text : '';
    },
  };
}

async function listed(words: string, options: Parameters<typeof program>[1] = {}): Promise<Program> {
  const made = program(words, options);
  made.upstream.start();
  await vi.waitFor(() => expect(made.upstream.tools.length).toBeGreaterThan(0), { timeout: 20_000 });
  return made;
}

test.each(['2025', '2026'] as const)('a program of the %s era offers its tools', async (era) => {
  const { upstream, text } = await listed(era);
  expect(upstream.report()).toMatchObject({ kind: 'stdio', state: 'ready', protocol: { era }, connections: 1 });
  expect(await text('remember', { what: 'x' })).toBe('nothing');
  await upstream[Symbol.asyncDispose]();
  expect(launcher.running).toBe(0);
});

test.each(['exit-on-probe', 'ignore-probe'])(
  'a program of the 2025 era that reacts to the probe with %s is started once more',
  async (word) => {
    const { upstream } = await listed(`2025 ${word}`, { startTimeoutMs: 4000 });
    expect(upstream.report()).toMatchObject({ state: 'ready', protocol: { era: '2025' } });
    expect(launcher.running).toBe(1);
  },
);

test('a byte order mark before the first message is no part of it', async () => {
  const { upstream } = await listed('2025 mark');
  expect(upstream.report()).toMatchObject({ state: 'ready', otherLines: 0 });
});

test('fifty first calls at once start one program where the connection is shared', async () => {
  const { upstream, text } = await listed('2025', {
    isolation: 'shared',
    idleStopMs: 1,
    concurrency: 50,
    tools: { overrides: { pid: { concurrency: 50 } } },
  });
  await vi.waitFor(() => expect(launcher.running).toBe(0), { timeout: 20_000 });
  const pids = await Promise.all(Array.from({ length: 50 }, (_, n) => text('pid', {}, `caller ${n % 7}`)));
  expect(new Set(pids).size).toBe(1);
  expect(upstream.report().connections).toBe(1);
});

test('callers of a program that remembers never see what others left, up to the number of programs', async () => {
  const { call, text, upstream } = await listed('2025', { maxInstances: 2 });
  expect(await text('remember', { what: 'of ana' }, 'ana')).toBe('nothing');
  expect(await text('remember', { what: 'of bob' }, 'bob')).toBe('nothing');
  expect(await text('remember', { what: 'x' }, 'ana')).toBe('of ana');
  expect(upstream.report().connections).toBe(2);
  const busy = [call('never', {}, 'ana'), call('never', {}, 'bob')];
  await vi.waitFor(() => expect(upstream.report().running).toBe(2));
  expect((await call('pid', {}, 'eve')).error).toMatchObject({ type: 'resource_exhausted' });
  await upstream[Symbol.asyncDispose]();
  expect((await Promise.all(busy)).map(({ ok }) => ok)).toEqual([false, false]);
  expect(launcher.running).toBe(0);
});

test('a program of the 2026 era is one for all callers', async () => {
  const { text } = await listed('2026');
  expect(new Set([await text('pid', {}, 'ana'), await text('pid', {}, 'bob')]).size).toBe(1);
});

test('a program that nobody uses ends, and the next call starts it with the same tools', async () => {
  const { upstream, text, changes } = await listed('2025', { idleStopMs: 100 });
  const before = upstream.tools;
  await vi.waitFor(() => expect(launcher.running).toBe(0), { timeout: 20_000 });
  expect(upstream.report()).toMatchObject({ state: 'idle', connections: 0 });
  expect(upstream.tools).toBe(before);
  expect(Number(await text('pid'))).toBeGreaterThan(0);
  expect(changes.filter(({ type }) => type === 'tools')).toHaveLength(1);
});

test('a crash fails the call once with an unknown outcome, then the program is started again after a wait', async () => {
  const { call, text, changes } = await listed('2025');
  const first = await text('pid');
  expect((await call('crash')).error).toMatchObject({
    type: 'execution_error',
    message: expect.stringContaining('the outcome is unknown'),
  });
  expect(changes.at(-1)).toMatchObject({ type: 'state', to: 'idle', problem: 'The program ended (exit code 3).' });
  await vi.waitFor(async () => expect(await text('pid')).toMatch(/^[0-9]+$/), { timeout: 20_000 });
  expect(await text('pid')).not.toBe(first);
});

test('a program that ends at once is reported once, however often it is started', async () => {
  let starts = 0;
  const counting: typeof launcher.open = (spec, options) => {
    starts += 1;
    return launcher.open(spec, options);
  };
  const { upstream, changes } = program('2025 exit-at-once', { stdio: { launcher: { open: counting } } });
  upstream.start();
  await vi.waitFor(() => expect(starts).toBeGreaterThan(4), { timeout: 20_000 });
  const problem = 'The program ended (exit code 1).';
  expect(upstream.report()).toMatchObject({ state: 'failed', problem });
  expect(changes).toEqual([
    { type: 'state', from: 'idle', to: 'starting' },
    { type: 'state', from: 'starting', to: 'failed', problem },
  ]);
}, 30_000);

test('an operator restarts a program that still runs, and one that waits to be started again', async () => {
  const { call, text, upstream } = await listed('2025', { stdio: { restart: { initialMs: 600_000, maxMs: 600_000 } } });
  const first = await text('pid');
  upstream.restart();
  const second = await text('pid');
  expect(second).not.toBe(first);
  await call('crash');
  expect(await call('pid')).toMatchObject({ error: { type: 'unavailable' } });
  upstream.restart();
  expect(Number(await text('pid'))).not.toBe(Number(second));
}, 60_000);

test('a program that does not exist says so without its path', async () => {
  const { upstream } = program('', { stdio: { command: ['/opt/secret/place/server'] } });
  upstream.start();
  await vi.waitFor(() => expect(upstream.report().state).toBe('failed'));
  expect(upstream.report().problem).toBe(
    'The program cannot be started: "server" does not exist at the given path, or this user may not look there.',
  );
});

test('it inherits nothing, and its secrets are redacted in results and in its log', async () => {
  const secrets = (): { name: string; value: string; as: 'environment' }[] => [
    { name: 'TOKEN', value: 'hunter2-hunter2', as: 'environment' },
  ];
  vi.stubEnv('MCP_SECRET_OF_THE_SERVER', 'x');
  const { text, changes } = await listed('2025', { stdio: { secrets, environment: { MODE: 'a' } } });
  expect(await text('environment')).toBe('HOME LANG LC_ALL MODE PATH TMPDIR TOKEN TZ');
  expect(await text('secret')).toBe('[redacted]');
  await vi.waitFor(() => expect(changes).toContainEqual({ type: 'error_line', line: 'the token is [redacted]' }));
});

test('a megabyte of lines that are no messages is counted, and the tools work', async () => {
  const { upstream, text } = await listed('2025 noise');
  expect(await text('remember', { what: 'x' })).toBe('nothing');
  expect(upstream.report().otherLines).toBeGreaterThan(19_000);
});

test('a line of 11 MiB ends only its connection', async () => {
  const { call, text } = await listed('2025');
  expect((await call('long')).ok).toBe(false);
  await vi.waitFor(async () => expect(await text('pid')).toMatch(/^[0-9]+$/), { timeout: 20_000 });
});

test('sixty crashes leave no program and no descriptor behind', async () => {
  const { call, upstream } = await listed('2025', {
    stdio: { restart: { initialMs: 1, maxMs: 1 } },
    circuitBreaker: { failureThreshold: 100_000 },
    tools: { overrides: { crash: { circuitBreaker: { failureThreshold: 100_000 } } } },
  });
  const before = descriptors();
  let crashes = 0;
  while (crashes < 60) if ((await call('crash')).error?.type === 'execution_error') crashes += 1;
  await upstream[Symbol.asyncDispose]();
  expect(launcher.running).toBe(0);
  expect(descriptors()).toBeLessThanOrEqual(before + 2);
}, 240_000);

test('a program that ignores everything is gone after it is no longer used', async () => {
  const { text, upstream } = await listed('2025 deaf');
  const pid = Number(await text('pid'));
  await upstream[Symbol.asyncDispose]();
  expect(() => readFileSync(`/proc/${pid}/stat`)).toThrow(/ENOENT/);
}, 30_000);

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
