/** Shell scripts at the levels that hold on this machine. */
import { readFileSync } from 'node:fs';

import { createLauncher } from '../index.ts';
import type { ProgramSpec } from '../launcher/program.ts';
import { SYSTEM_TOOLS } from '../sandbox/confinement.ts';
import type { ProgramUser, SandboxRequest } from '../sandbox/profile.ts';
import { SandboxLauncher } from '../sandbox/sandbox-launcher.ts';
import { isInstalled } from './claimed-programs.ts';

export const BASE: SandboxRequest = {
  mode: 'auto',
  read: [],
  write: [],
  network: 'host',
  syscalls: 'standard',
  minimum: 'limits',
};

export interface Ran {
  readonly code: number | null;
  readonly text: string;
}

export async function shell(launcher: SandboxLauncher, script: string, sandbox: SandboxRequest): Promise<Ran> {
  const args = ['-c', script].map((text) => ({ text, role: 'fixed' as const }));
  const spec: ProgramSpec = { program: '/bin/sh', args, maxOutputBytes: 65_536, graceMs: 1000, sandbox };
  let text = '';
  const end = await launcher.run(spec, { onOutput: (_, bytes) => void (text += Buffer.from(bytes).toString()) });
  if (!end.started) throw new Error(`not started: ${end.code}`);
  return { code: end.exitCode, text: text.trim() };
}

/** setpriv of util-linux 2.40 or later; another may stand in for the one of an older system. */
export const SETPRIV: string = process.env['TEST_SETPRIV'] ?? SYSTEM_TOOLS.setpriv;

export async function levelOf(launcher: SandboxLauncher, profile: SandboxRequest): Promise<string | undefined> {
  await launcher.prepare([profile]);
  return launcher.sandboxOf(profile)?.level;
}

export async function open(user?: ProgramUser): Promise<SandboxLauncher> {
  const tools = { ...SYSTEM_TOOLS, setpriv: SETPRIV };
  return new SandboxLauncher({ plain: await createLauncher(), tools, user });
}

/** Whether the level holds here; a level that `TEST_CLAIMS` names and that does not hold fails the tests instead. */
export async function holds(level: 'full' | 'files'): Promise<boolean> {
  await using launcher = await open();
  const request: SandboxRequest = { ...BASE, mode: level };
  if ((await levelOf(launcher, request)) === level) return true;
  const claimed =
    level === 'full'
      ? isInstalled('bwrap') && (process.env['TEST_CLAIMS'] ?? '').includes('bwrap')
      : process.env['TEST_SETPRIV'];
  if (claimed)
    throw new Error(`The level ${level} is claimed and does not hold: ${launcher.sandboxOf(request)?.below.join(' ')}`);
  return false;
}

/** Ends nothing else: the parent is signalled only if it is a helper of this package. */
export const KILL_OWN_HELPER: string = `tr '\\0' ' ' < /proc/$PPID/cmdline | grep -q helper-main && kill -9 $PPID`;

export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').join(' ').trim();
  } catch {
    return '';
  }
}
