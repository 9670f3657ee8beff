/** Programs that print whatever they like, and end whenever they like. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { callTool, createLauncher, Tool, type Launcher } from '@mcp/tool-base';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';

import { Upstream } from '../upstream.ts';
import type { UpstreamSettings } from '../upstream-options.ts';
import type { UpstreamChange } from '../upstream-report.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

let launcher: Launcher;
beforeAll(async () => {
  launcher = await createLauncher();
});
afterAll(() => launcher[Symbol.asyncDispose]());

const INTRODUCTION =
  '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}}';
const LIST = '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"go","inputSchema":{"type":"object"}}]}}';
/** Answers the request that was read into `d`. */
const ANSWER = `id=\${d##*'"id":'}; id=\${id%%[!0-9]*}; echo '{"jsonrpc":"2.0","id":'$id',"result":{"content":[{"type":"text","text":"done"}]}}'`;

/** A shell that reads a line for each message: `initialize`, `initialized`, `tools/list`, then calls. */
function shell(
  after: string,
  settings: Partial<UpstreamSettings> = {},
): { upstream: Upstream; changes: UpstreamChange[] } {
  const script = `read a; echo '${INTRODUCTION}'; read b; ${after}`;
  const changes: UpstreamChange[] = [];
  const upstream = new Upstream(
    {
      key: 'up',
      protocol: '2025-11-25',
      stdio: { launcher, command: ['/bin/sh', '-c', script], restart: { initialMs: 1, maxMs: 1 } },
      ...settings,
    },
    (change) => void changes.push(change),
  );
  onTestFinished(() => upstream[Symbol.asyncDispose]());
  return { upstream, changes };
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

test('a thousand crashes leave no program and no descriptor behind', async () => {
  const { upstream } = shell('exit 3');
  const before = descriptors();
  while (upstream.statistics.connectionsOpened < 1000) {
    await upstream.readTools().catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
  }
  await upstream[Symbol.asyncDispose]();
  expect(launcher.running).toBe(0);
  expect(descriptors()).toBeLessThanOrEqual(before + 2);
});

test.each([
  ['a hundred megabytes on stderr', 'yes flood | head -c 100000000 >&2'],
  [
    'answers to requests that nobody sent',
    `echo '{"jsonrpc":"2.0","id":99,"result":{}}'; echo '{"jsonrpc":"2.0","id":"x","error":5}'`,
  ],
  [
    'requests of its own',
    `for n in 1 2 3 4 5; do echo '{"jsonrpc":"2.0","id":"'$n'","method":"sampling/createMessage","params":{}}'; done; read e; read e; read e; read e; read e`,
  ],
  [
    'lines that are no messages',
    `echo; echo '[]'; echo 'null'; echo '{}'; echo '{"jsonrpc":"1.0"}'; printf '\\377\\376\\n'`,
  ],
  [
    'its answer in pieces and in one piece with others',
    `printf '{"jsonrpc":"2.0","method":"notifications/message","params":{}}\\n{"jsonrpc"'; sleep 0.1; printf ':"2.0","method":"x"}\\n'`,
  ],
])('a program that prints %s before its answer is answered', async (_, noise) => {
  const { upstream, changes } = shell(`read c; echo '${LIST}'; read d; ${noise}; ${ANSWER}; cat > /dev/null`);
  const startedMs = performance.now();
  await upstream.readTools();
  const result = await callTool(new Tool(upstream.tools[0]!), { arguments: {}, caller: { name: 'ana' } });
  expect(result.content).toEqual([{ type: 'text', text: 'done' }]);
  // A hundred in ten seconds, and one that says that others were dropped.
  const windows = Math.ceil((performance.now() - startedMs) / 10_000) + 1;
  expect(changes.filter(({ type }) => type === 'error_line').length).toBeLessThanOrEqual(101 * windows);
});

const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}';

test.each([
  ['notifications', '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}'],
  ['requests, and does not read their answers', PING],
  ['answers to nothing', '{"jsonrpc":"2.0","id":77,"result":{}}'],
  ['lines that are no messages', 'Welcome'],
])('a program that never stops sending %s is ended, and its call says that the outcome is unknown', async (_, line) => {
  const { upstream } = shell(`read c; echo '${LIST}'; read d; exec yes '${line}'`);
  await upstream.readTools();
  const result = await callTool(new Tool(upstream.tools[0]!), { arguments: {}, caller: { name: 'ana' } });
  expect(result.error).toMatchObject({ type: 'execution_error', message: expect.stringContaining('unknown') });
  expect(upstream.report().problem).toContain('more than 50000 messages');
  await upstream[Symbol.asyncDispose]();
  expect(launcher.running).toBe(0);
});

test('a program whose line never ends is ended at ten megabytes, and its call says that the outcome is unknown', async () => {
  const { upstream } = shell(`read c; echo '${LIST}'; read d; yes | tr -d '\\n'`);
  await upstream.readTools();
  const result = await callTool(new Tool(upstream.tools[0]!), { arguments: {}, caller: { name: 'ana' } });
  expect(result.error).toMatchObject({ type: 'execution_error', message: expect.stringContaining('unknown') });
  await vi.waitFor(() => expect(launcher.running).toBe(0), { timeout: 20_000 });
});

/** Answers the request that was read into `d` with the number `n`. */
const ANSWER_N = `id=\${d##*'"id":'}; id=\${id%%[!0-9]*}; echo '{"jsonrpc":"2.0","id":'$id',"result":{"content":[{"type":"text","text":"'$n'"}]}}'`;

test('answers before their requests, and a second answer to one, answer no other call', async () => {
  const early = `n=0; while [ $n -lt 30 ]; do d="\\"id\\":$n,"; ${ANSWER_N.replace("'$n'", 'early')}; n=$((n + 1)); done`;
  const { upstream } = shell(
    `read c; echo '${LIST}'; ${early}; n=0; while read d; do n=$((n + 1)); ${ANSWER_N}; ${ANSWER_N}; done`,
  );
  await upstream.readTools();
  const tool = new Tool(upstream.tools[0]!);
  for (const text of ['1', '2', '3']) {
    const result = await callTool(tool, { arguments: {}, caller: { name: 'ana' } });
    expect(result.content).toEqual([{ type: 'text', text }]);
  }
  expect(upstream.report().otherLines).toBe(0);
});

test('a list that arrives in pieces delays no other upstream, and is read when it is complete', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pieces-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [half, rest] = [LIST.slice(0, 60), LIST.slice(60)];
  const go = join(folder, 'go');
  const { upstream: slow } = shell(
    `read c; printf '%s' '${half}'; while [ ! -e ${go} ]; do sleep 0.05; done; echo '${rest}'; cat > /dev/null`,
  );
  const reading = slow.readTools();
  const { upstream: other } = shell(`read c; echo '${LIST}'; cat > /dev/null`);
  await other.readTools();
  expect([other.tools.length, slow.tools.length]).toEqual([1, 0]);
  writeFileSync(go, '');
  await reading;
  expect(slow.tools.length).toBe(1);
});

test.each([
  ['ends within a character', `printf '{"jsonrpc":"2.0","x":"\\360\\237'; exit 0`],
  ['closes its stdout and goes on', 'exec >&-; exec sleep 1000'],
])('a program that %s is gone, and its call says that the outcome is unknown', async (_, end) => {
  const { upstream } = shell(`read c; echo '${LIST}'; read d; ${end}`);
  await upstream.readTools();
  const result = await callTool(new Tool(upstream.tools[0]!), { arguments: {}, caller: { name: 'ana' } });
  expect(result.error).toMatchObject({ type: 'execution_error', message: expect.stringContaining('unknown') });
  await vi.waitFor(() => expect(launcher.running).toBe(0), { timeout: 20_000 });
});

/** One that has ended may stay until its parent, perhaps that of a container, asks for it. */
function runs(pid: string): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('processes that a program leaves in its group and in sessions of their own end with it, though they ignore SIGTERM', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'left-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const pids = join(folder, 'pids');
  const fork = `sleep 1000 > /dev/null & echo $! >> ${pids}; setsid sleep 1000 > /dev/null & echo $! >> ${pids}; echo $$ >> ${pids}`;
  const { upstream } = shell(`trap '' TERM HUP; ${fork}; read c; echo '${LIST}'; while :; do sleep 1000; done`);
  await upstream.readTools();
  const started = readFileSync(pids, 'utf8').trim().split('\n');
  expect(started).toHaveLength(3);
  expect(started.every(runs)).toBe(true);
  await upstream[Symbol.asyncDispose]();
  await vi.waitFor(() => expect(started.filter(runs)).toEqual([]), { timeout: 60_000 });
});

test('a chain of processes, each with a session of its own and an environment that holds nothing, ends with its program', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chain-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const pids = join(folder, 'pids');
  const link = join(folder, 'link');
  // Each starts the next and waits for it.
  const next = `[ $1 -eq 0 ] && exec /bin/sleep 1000 > /dev/null; /usr/bin/env -i /usr/bin/setsid /bin/sh ${link} $(($1 - 1)) & wait`;
  writeFileSync(link, `trap '' TERM HUP; cd /; echo $$ >> ${pids}; ${next}`);
  const untilAll = `until [ "$(wc -l < ${pids})" -ge 6 ]; do sleep 0.01; done`;
  const { upstream } = shell(
    `touch ${pids}; env -i setsid /bin/sh ${link} 5 > /dev/null & ${untilAll}; read c; echo '${LIST}'; read d`,
  );
  await upstream.readTools();
  const started = readFileSync(pids, 'utf8').trim().split('\n');
  expect([started.length, started.every(runs)]).toEqual([6, true]);
  await upstream[Symbol.asyncDispose]();
  await vi.waitFor(() => expect(started.filter(runs)).toEqual([]), { timeout: 60_000 });
});

/** Answers the request that was read into `d` with a result. */
const answerWith = (result: string): string =>
  `id=$(printf %s "$d" | sed 's/.*"id":\\("[^"]*"\\|[0-9]*\\).*/\\1/'); echo '{"jsonrpc":"2.0","id":'$id',"result":${result}}'`;

test('a program that was replaced by one of the other era is asked anew, in both directions', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'replaced-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const flag = join(folder, 'is-modern');
  const discovered =
    '{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},"ttlMs":0,"cacheScope":"private"}';
  const introduced =
    '{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}';
  const listed = '{"tools":[{"name":"go","inputSchema":{"type":"object"}}]}';
  const script = `if [ -e ${flag} ]; then own=server/discover; else own='"initialize"'; fi; while read d; do case $d in
    *tools/list*) ${answerWith(listed)};;
    *notifications/*) ;;
    *$own*) if [ -e ${flag} ]; then ${answerWith(discovered)}; else ${answerWith(introduced)}; fi;;
    *) exit 1;; esac; done`;
  const upstream = new Upstream({
    key: 'up',
    stdio: { launcher, command: ['/bin/sh', '-c', script], restart: { initialMs: 1, maxMs: 1 } },
  });
  onTestFinished(() => upstream[Symbol.asyncDispose]());
  const readAs = async (era: string): Promise<void> => {
    await vi.waitFor(() => upstream.readTools(), { timeout: 60_000 });
    expect(upstream.report().protocol?.era).toBe(era);
  };
  await readAs('2025');
  writeFileSync(flag, '');
  upstream.restart();
  await readAs('2026');
  rmSync(flag);
  upstream.restart();
  await readAs('2025');
});
