// How much longer does the process that starts programs take to start in a sandbox than beside the server, its test from inside
// included? How long does that test take alone, and how soon does a program in a pod hear that an address is refused?

import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type * as ToolBase from '@mcp/tool-base';
import type { ProgramSpec, SandboxLauncher, SandboxRequest } from '@mcp/tool-base';
import { quick } from '../harness/quick.ts';
import { againstTime, printResults, show, spread } from '../harness/table.ts';
import { DENIED_ADDRESS, holds, SANDBOXES } from './sandbox-levels.ts';

const ROUNDS = quick ? 3 : 9;
const MAX_MORE_MS = 25;
/** It has a network to build. */
const MAX_MORE_IN_POD_MS = 200;
const MAX_SELF_TEST_MS = 20;
const MAX_DENIED_MS = 100;

/** As built: source files would be compiled at each start. */
const PACKAGE = fileURLToPath(new URL('../../packages/tool-base', import.meta.url));
const built = (await import(join(PACKAGE, 'dist/index.js'))) as typeof ToolBase;
const [SELF_TEST_FILE = ''] = globSync('dist/self-test-*.js', { cwd: PACKAGE });
/** What the helper does before its first program, in a process of the same sandbox. */
const SELF_TEST = `
  import { selfTest } from '${PACKAGE}/${SELF_TEST_FILE}';
  const [canary, pod] = [process.argv[1], process.argv[2] === 'pod'];
  const closedPort = { address: '${DENIED_ADDRESS}', port: 9 };
  const before = performance.now();
  await selfTest({
    canary,
    server: 1,
    namespaces: { pid: 'another', net: 'another' },
    ...(pod && { pod: { deniedAddress: '${DENIED_ADDRESS}', closedPort } }),
  });
  console.log(performance.now() - before);
`;
const DENIED = `
  import { connect } from 'node:net';
  const before = performance.now();
  connect(80, '${DENIED_ADDRESS}').on('error', ({ code }) => {
    if (code !== 'ECONNREFUSED') throw new Error(code);
    console.log(performance.now() - before);
  });
`;

const startMs = async (start: () => Promise<AsyncDisposable>): Promise<number> => {
  const before = performance.now();
  await using _started = await start();
  return performance.now() - before;
};

async function started(request: SandboxRequest): Promise<SandboxLauncher> {
  // Only the helper of the sandbox is measured.
  const launcher = new built.SandboxLauncher({ plain: built.directLauncher() });
  await launcher.prepare([request]);
  return launcher;
}

/** The milliseconds that a script prints in the sandbox. */
async function inside(launcher: SandboxLauncher, sandbox: SandboxRequest, script: string, more: readonly string[]) {
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script, ...more];
  const spec: ProgramSpec = {
    program: process.execPath,
    args: args.map((text) => ({ text, role: 'fixed' })),
    maxOutputBytes: 4096,
    graceMs: 1000,
    sandbox,
  };
  let text = '';
  await launcher.run(spec, { onOutput: (_, bytes) => void (text += Buffer.from(bytes).toString()) });
  const ms = Number(text);
  if (text.trim() === '' || !Number.isFinite(ms)) throw new Error(`wrong answer: ${text}`);
  return ms;
}

const rows: string[][] = [];
for (const [name, request] of SANDBOXES) {
  if (request.mode === 'limits') continue;
  const sandbox: SandboxRequest = { ...request, read: [PACKAGE, process.execPath] };
  await using launcher = await started(sandbox);
  if (!holds(launcher, sandbox)) continue;
  const pod = sandbox.network === 'targets';
  const more: number[] = [];
  const own: number[] = [];
  const tests: number[] = [];
  const denied: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const besideMs = await startMs(() => built.createLauncher());
    own.push(await startMs(() => started(sandbox)));
    more.push(own.at(-1)! - besideMs);
    tests.push(await inside(launcher, sandbox, SELF_TEST, [import.meta.filename, pod ? 'pod' : 'none']));
    if (pod) denied.push(await inside(launcher, sandbox, DENIED, []));
  }
  const moreMs = spread(more);
  const testMs = spread(tests);
  const deniedMs = spread(denied);
  rows.push([
    name,
    show(spread(own), 0),
    show(moreMs, 0),
    againstTime(pod ? MAX_MORE_IN_POD_MS : MAX_MORE_MS, moreMs.median),
    show(testMs, 1),
    againstTime(MAX_SELF_TEST_MS, testMs.median),
    pod ? show(deniedMs, 1) : '',
    pod ? againstTime(MAX_DENIED_MS, deniedMs.median) : '',
  ]);
}
printResults({
  title: 'The start of a sandbox',
  method: `${ROUNDS} rounds each; median (least-greatest); levels that hold on this machine`,
  columns: [
    'level',
    'start of the helper, ms',
    'more than beside the server, ms',
    'at most',
    'self-test, ms',
    'at most',
    'a denied address, ms',
    'at most',
  ],
  rows,
});
