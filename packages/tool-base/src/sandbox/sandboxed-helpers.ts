import { chownSync, mkdtempSync, readlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HelperProcess, type HelperEvents } from '../launcher/helper-process.ts';
import { HELPER_SCRIPT } from '../launcher/start-confined-helper.ts';
import { confinementOf, type ConfinementTools } from './confinement.ts';
import type { SandboxLevel } from './level.ts';
import { brokenPromises } from './observed-level.ts';
import type { ProgramUser, SandboxProfile } from './profile.ts';
import type { SelfTestPlan } from './self-test.ts';
import { SandboxError } from './sandbox-error.ts';
import { helperFiles } from './visible-files.ts';

/** Starts helpers in sandboxes, and believes only what each found out about its own. */
export class SandboxedHelpers implements AsyncDisposable {
  readonly #user: ProgramUser | undefined;
  readonly #tools: ConfinementTools | undefined;
  readonly #folder: string;
  readonly #plan: SelfTestPlan;

  constructor(user: ProgramUser | undefined, tools: ConfinementTools | undefined) {
    this.#user = user;
    this.#tools = tools;
    this.#folder = mkdtempSync(join(tmpdir(), 'mcp-canary-'));
    const canary = join(this.#folder, 'canary');
    writeFileSync(canary, 'A program must not be able to read this.\n', { mode: 0o600 });
    // What the user of the programs could not read anyway would prove nothing.
    if (user) for (const path of [canary, this.#folder]) chownSync(path, user.uid, user.gid);
    const namespaces = { pid: readlinkSync('/proc/self/ns/pid'), net: readlinkSync('/proc/self/ns/net') };
    this.#plan = { canary, server: process.pid, namespaces };
  }

  /** @throws {Error} when the sandbox cannot be set up, or is not what the level promises */
  async start(level: SandboxLevel, profile: SandboxProfile, events: HelperEvents): Promise<HelperProcess> {
    const user = this.#user;
    const isRoot = (user?.uid ?? process.getuid?.()) === 0;
    const confinement =
      level === 'full' || level === 'files'
        ? confinementOf(level, profile, helperFiles(HELPER_SCRIPT), {
            isRoot,
            ...(this.#tools && { tools: this.#tools }),
          })
        : undefined;
    const helper = await HelperProcess.start(events, { ...confinement, user, selfTest: this.#plan });
    const { facts } = helper;
    const broken = facts === undefined ? ['it did not run'] : brokenPromises(facts, level, profile);
    if (broken.length === 0) return helper;
    await helper.close();
    throw new SandboxError(`The self-test failed: ${broken.join(', ')}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
