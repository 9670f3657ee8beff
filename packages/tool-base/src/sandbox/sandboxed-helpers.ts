import { chownSync, mkdtempSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HelperProcess, type HelperEvents } from '../launcher/helper-process.ts';
import { removeFolder } from '../launcher/folders/remove-folder.ts';
import { folderPrefix } from '../launcher/folders/stale-folders.ts';
import { HELPER_SCRIPT } from '../launcher/start-confined-helper.ts';
import { confinementOf, SYSTEM_TOOLS, type ConfinementOptions, type ConfinementTools } from './confinement.ts';
import { heldWithoutPod } from './held-network.ts';
import type { SandboxLevel } from './level.ts';
import { brokenPromises, brokenPromisesOfPod } from './observed-level.ts';
import { POD_STACKS } from './pod.ts';
import { planPod, type PodPlan } from './pod-plan.ts';
import type { NetworkTargets, ProgramUser, SandboxProfile } from './profile.ts';
import type { SelfTestPlan } from './self-test.ts';
import { SandboxError } from './sandbox-error.ts';
import type { HeldNetwork } from './sandbox-status.ts';
import { helperFiles } from './visible-files.ts';

/** A helper, and what keeps its programs to the network of their profile. */
export interface StartedHelper {
  readonly helper: HelperProcess;
  readonly network: HeldNetwork;
}

/** Starts helpers in sandboxes, and trusts only what each found out about its own. */
export class SandboxedHelpers implements AsyncDisposable {
  readonly #user: ProgramUser | undefined;
  readonly #tools: ConfinementTools;
  readonly #folder: string;
  readonly #plan: SelfTestPlan;

  constructor(user: ProgramUser | undefined, tools: Partial<ConfinementTools> | undefined) {
    this.#user = user;
    this.#tools = { ...SYSTEM_TOOLS, ...tools };
    this.#folder = mkdtempSync(folderPrefix());
    const canary = join(this.#folder, 'canary');
    writeFileSync(canary, 'A program must not be able to read this.\n', { mode: 0o600 });
    // What the user of the programs could not read anyway would prove nothing.
    if (user) for (const path of [canary, this.#folder]) chownSync(path, user.uid, user.gid);
    const namespaces = { pid: readlinkSync('/proc/self/ns/pid'), net: readlinkSync('/proc/self/ns/net') };
    this.#plan = { canary, server: process.pid, namespaces };
  }

  /** @throws {Error} when the sandbox cannot be set up, or is not what the level promises */
  async start(level: SandboxLevel, profile: SandboxProfile, events: HelperEvents): Promise<StartedHelper> {
    const below: string[] = [];
    if (level === 'full' && profile.targets !== undefined && profile.targets.shared === undefined) {
      const helper = await this.#startInPod(profile, profile.targets, events, below);
      if (helper !== undefined) return { helper, network: { by: 'pod', below: [] } };
    }
    const helper = await this.#start(level, profile, events);
    return { helper, network: await heldWithoutPod(level, profile, below) };
  }

  /** @param below takes why there is no pod */
  async #startInPod(
    profile: SandboxProfile,
    targets: NetworkTargets,
    events: HelperEvents,
    below: string[],
  ): Promise<HelperProcess | undefined> {
    try {
      const plan = await planPod(targets);
      for (const stack of POD_STACKS) {
        try {
          return await this.#start('full', profile, events, { stack, plan });
        } catch (error) {
          below.push(`${stack}: ${messageOf(error)}`);
        }
      }
    } catch (error) {
      below.push(messageOf(error));
    }
    return undefined;
  }

  async #start(
    level: SandboxLevel,
    profile: SandboxProfile,
    events: HelperEvents,
    pod?: NonNullable<ConfinementOptions['pod']>,
  ): Promise<HelperProcess> {
    const user = this.#user;
    const uid = user?.uid ?? process.getuid?.() ?? 0;
    const gid = user?.gid ?? process.getgid?.() ?? 0;
    const options: ConfinementOptions = { tools: this.#tools, uid, gid, ...(pod && { pod }) };
    const confinement =
      level === 'full' || level === 'files'
        ? confinementOf(level, profile, helperFiles(HELPER_SCRIPT), options)
        : undefined;
    const selfTest: SelfTestPlan = { ...this.#plan, ...(pod && { pod: testOf(pod.plan) }) };
    const helper = await HelperProcess.start(events, { ...confinement, user, selfTest });
    const { facts } = helper;
    const broken =
      facts === undefined
        ? ['it did not run']
        : [...brokenPromises(facts, level, profile), ...(pod ? brokenPromisesOfPod(facts) : [])];
    if (broken.length === 0) return helper;
    await helper.close();
    throw new SandboxError(`The self-test failed: ${broken.join(', ')}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeFolder(this.#folder);
  }
}

function testOf({ deniedAddress, closedPort }: PodPlan): NonNullable<SelfTestPlan['pod']> {
  return { deniedAddress, closedPort };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
