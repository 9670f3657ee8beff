import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { ownsProcesses } from './own-processes.ts';

const MODULE = new URL('./own-processes.ts', import.meta.url).href;
const NODE = [process.execPath, '--conditions=@mcp/source', '--disable-warning=ExperimentalWarning'];

/** What a process in a namespace of `unshare` finds out; `$1` of the script is a command that asks. */
function askIn(options: readonly string[], script: string, others = 'pid:[1]'): string {
  const code = `import(${JSON.stringify(MODULE)}).then((m) => console.log(m.ownsProcesses(${JSON.stringify(others)})))`;
  const args = [...options, '--fork', '--kill-child', '/bin/sh', '-c', script, 'sh', ...NODE, '-e', code];
  const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
  return stdout.trim() || stderr;
}

const USER = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
const NAMESPACE = [...USER, '--pid', '--mount-proc'];
const CAN_RUN = process.platform === 'linux' && askIn(NAMESPACE, 'echo works') === 'works';

test('a process of the same namespace as others owns none of theirs', () => {
  expect(ownsProcesses(process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : '')).toBe(false);
  expect(ownsProcesses('pid:[1]')).toBe(false);
});

describe.runIf(CAN_RUN)('in another namespace', () => {
  test.each([
    ['owns what it will start, alone with the first process', NAMESPACE, '"$@"; :', 'true'],
    ['is the first process itself', NAMESPACE, 'exec "$@"', 'false'],
    ['finds another process', NAMESPACE, 'sleep 600 & "$@"; :', 'false'],
    ['has a parent that is not the first process', NAMESPACE, '("$@"; :); :', 'false'],
    ['sees the processes of the machine', [...USER, '--pid'], '"$@"; :', 'false'],
    ['sees no processes at all', [...NAMESPACE, '--mount'], 'mount -t tmpfs none /proc; "$@"; :', 'false'],
  ])('a process that %s', (_, options, script, owns) => {
    expect(askIn(options, script)).toBe(owns);
  });
});
