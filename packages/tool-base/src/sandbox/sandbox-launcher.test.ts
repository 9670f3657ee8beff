/** Programs that stand in for the system's sandbox tools: they fail, do nothing, or cannot be trusted. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { directLauncher } from '../launcher/direct-launcher.ts';
import type { ProgramSpec } from '../launcher/program.ts';

import type { SandboxRequest } from './profile.ts';
import type { SandboxEvent } from './sandbox-status.ts';
import { SandboxLauncher } from './sandbox-launcher.ts';

const folder = mkdtempSync(join(tmpdir(), 'tools-'));
afterAll(() => rmSync(folder, { recursive: true }));

function script(name: string, text: string, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, mode);
  return path;
}

const failing = script('failing', 'echo "bwrap: setting up uid map: Permission denied" >&2; exit 1');
const passing = script('passing', 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"');
const setuid = script('setuid', 'exit 1', 0o4755);
const writable = script('writable', 'exit 1', 0o777);
const missing = join(folder, 'missing');

const BASE: SandboxRequest = {
  mode: 'auto',
  read: [],
  write: [],
  network: 'host',
  syscalls: 'standard',
  minimum: 'limits',
};

async function open(bwrap: string, events: SandboxEvent[] = []): Promise<SandboxLauncher> {
  const tools = { bwrap, setpriv: missing };
  return new SandboxLauncher({ plain: directLauncher(), tools, onEvent: (event) => events.push(event) });
}

function spec(sandbox: SandboxRequest): ProgramSpec {
  return { program: '/bin/echo', args: [{ text: 'hi', role: 'fixed' }], maxOutputBytes: 100, graceMs: 100, sandbox };
}

const quiet = { onOutput: (): void => undefined };

describe('a sandbox tool that fails', () => {
  test('leaves auto at the limits, with the reason in its own words', async () => {
    const events: SandboxEvent[] = [];
    await using launcher = await open(failing, events);
    await launcher.prepare([BASE]);
    expect(launcher.sandboxOf(BASE)).toMatchObject({
      level: 'limits',
      mechanism: 'prlimit',
      below: [
        expect.stringContaining('bwrap: setting up uid map: Permission denied'),
        expect.stringContaining('is missing: install util-linux'),
      ],
    });
    expect(events.map(({ type }) => type)).toEqual(['failed', 'failed', 'ready']);
    expect(await launcher.run(spec(BASE), quiet)).toMatchObject({ started: true, exitCode: 0 });
  });

  test('never lets a program run below its minimum', async () => {
    await using launcher = await open(failing);
    const message = 'This tool needs the sandbox level files; this machine gives limits.';
    await expect(launcher.run(spec({ ...BASE, minimum: 'files' }), quiet)).rejects.toMatchObject({
      type: 'unavailable',
      message,
      suggestion: expect.stringContaining('run the doctor') as string,
    });
  });

  test('makes a level that was asked for by name unavailable, whatever the exit code of the tool', async () => {
    await using launcher = await open(failing);
    const named: SandboxRequest = { ...BASE, mode: 'full', minimum: 'full' };
    const message = 'The sandbox of this tool could not be started.';
    await expect(launcher.run(spec(named), quiet)).rejects.toMatchObject({ type: 'unavailable', message });
    expect(launcher.sandboxOf(named)?.level).toBeUndefined();
  });
});

test('a sandbox tool that confines nothing is found by the self-test', async () => {
  await using launcher = await open(passing);
  const named: SandboxRequest = { ...BASE, mode: 'full', minimum: 'full' };
  await expect(launcher.run(spec(named), quiet)).rejects.toMatchObject({ type: 'unavailable' });
  expect(launcher.sandboxOf(named)?.below.join()).toMatch(
    /self-test failed: a private file of the server can be read, the environment of the server can be read/,
  );
});

test('nothing is said of a sandbox before its first start has ended', async () => {
  await using launcher = await open(failing);
  const named: SandboxRequest = { ...BASE, mode: 'full', minimum: 'full' };
  const prepared = launcher.prepare([named]);
  expect([launcher.statuses, launcher.sandboxOf(named)]).toEqual([[], undefined]);
  await prepared;
  expect(launcher.statuses).toMatchObject([{ level: undefined, hasFallen: false }]);
});

test.each([
  ['is setuid', setuid, 'is setuid root, which is not used'],
  ['others may write', writable, 'can be replaced by other users'],
])('a sandbox tool that %s is not used', async (_, bwrap, reason) => {
  await using launcher = await open(bwrap);
  await launcher.prepare([BASE]);
  expect(launcher.sandboxOf(BASE)?.below[0]).toContain(reason);
});

test('a launcher without a sandbox refuses what needs one', async () => {
  await using launcher = directLauncher();
  await expect(launcher.run(spec({ ...BASE, minimum: 'files' }), quiet)).rejects.toMatchObject({ type: 'unavailable' });
  expect(await launcher.run(spec(BASE), quiet)).toMatchObject({ started: true });
});
