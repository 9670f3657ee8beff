/** Sends each program to the helper of its profile. A program below its minimum is refused and never tried elsewhere. */

import type { HelperEvents } from '../launcher/helper-process.ts';
import type {
  Conversation,
  ConversationOptions,
  ConversationSpec,
  Launcher,
  ProgramExit,
  ProgramSpec,
  ProgramStartFailure,
  RunOptions,
} from '../launcher/program.ts';
import { ToolError } from '../result/tool-error.ts';
import type { ConfinementTools } from './confinement.ts';
import type { SandboxLevel } from './level.ts';
import { isConfined, profileKey, type ProgramUser, type SandboxProfile, type SandboxRequest } from './profile.ts';
import { ProfileLauncher } from './profile-launcher.ts';
import { refusalOf } from './sandbox-report.ts';
import type { HeldNetwork, SandboxEvent, SandboxStatus } from './sandbox-status.ts';
import type { SandboxedHelpers, StartedHelper } from './sandboxed-helpers.ts';

export interface SandboxOptions {
  /** Where programs run that ask for no sandbox. Disposed with the result. */
  readonly plain: Launcher;
  /** The user that programs run as; only root can switch. */
  readonly user?: ProgramUser | undefined;
  /** Programs of one profile at the same time. @default 256 */
  readonly maxPrograms?: number;
  readonly onEvent?: (event: SandboxEvent) => void;
  /** @internal */
  readonly tools?: Partial<ConfinementTools>;
}

/**
 * A launcher that starts each program in the sandbox it asks for. What a sandbox needs is loaded with the first that is not plain.
 * Dispose of it as of any launcher.
 */
export class SandboxLauncher implements Launcher {
  readonly #options: SandboxOptions;
  readonly #profiles = new Map<string, ProfileLauncher>();
  readonly #retired = new Set<ProfileLauncher>();
  #helpers: Promise<SandboxedHelpers> | undefined;

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  /** Starts the helpers of these profiles side by side and retires all others. */
  async prepare(profiles: readonly SandboxProfile[]): Promise<void> {
    const wanted = new Map(profiles.map((profile) => [profileKey(profile), profile]));
    for (const [key, launcher] of this.#profiles) {
      if (wanted.has(key)) continue;
      this.#profiles.delete(key);
      this.#retired.add(launcher);
      launcher.retire();
    }
    const missing = [...wanted.values()].filter((profile) => !this.#profiles.has(profileKey(profile)));
    await Promise.all(missing.map((profile) => this.#add(profile)));
  }

  /** `undefined` for a profile that was not prepared or is being started for the first time. */
  sandboxOf(profile: SandboxProfile): SandboxStatus | undefined {
    const found = this.#profiles.get(profileKey(profile));
    return found?.hasStarted === true ? found.status : undefined;
  }

  /** Of every prepared profile, but for those that are being started for the first time. */
  get statuses(): readonly (SandboxStatus & { readonly hasFallen: boolean })[] {
    return [...this.#profiles.values()]
      .filter(({ hasStarted }) => hasStarted)
      .map(({ status, hasFallen }) => ({ ...status, hasFallen }));
  }

  get running(): number {
    const own = [...this.#profiles.values(), ...this.#retired].reduce((sum, profile) => sum + profile.running, 0);
    return own + this.#options.plain.running;
  }

  get problem(): string | undefined {
    return this.#options.plain.problem;
  }

  async run(spec: ProgramSpec, options: RunOptions): Promise<ProgramExit | ProgramStartFailure> {
    const { sandbox, ...program } = spec;
    if (sandbox === undefined) return this.#options.plain.run(program, options);
    const { launcher, released } = await this.#launcherFor(sandbox);
    try {
      return await launcher.run(limited(program, sandbox), options);
    } finally {
      released();
    }
  }

  async open(spec: ConversationSpec, options: ConversationOptions): Promise<Conversation> {
    const { sandbox, ...program } = spec;
    if (sandbox === undefined) return this.#options.plain.open(program, options);
    const { launcher, released } = await this.#launcherFor(sandbox);
    const conversation = await launcher.open(limited(program, sandbox), options);
    conversation.ended.then(released, released);
    return conversation;
  }

  /** @throws {ToolError} `unavailable` while the profile does not hold what is asked at least */
  async #launcherFor(sandbox: SandboxRequest): Promise<{ readonly launcher: Launcher; readonly released: () => void }> {
    const profile = this.#profiles.get(profileKey(sandbox)) ?? (await this.#add(sandbox));
    await profile.started;
    const { launcher } = profile;
    const refusal = refusalOf(sandbox, launcher && profile.status);
    if (launcher === undefined || refusal !== undefined)
      throw new ToolError('unavailable', refusal ?? '', { suggestion: ASK_OPERATOR });
    const released = (): void => {
      profile.released();
      if (profile.running === 0) this.#retired.delete(profile);
    };
    return { launcher, released };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#profiles.values(), ...this.#retired].map((profile) => profile[Symbol.asyncDispose]()));
    await this.#options.plain[Symbol.asyncDispose]();
    await (await this.#helpers)?.[Symbol.asyncDispose]();
  }

  async #add(profile: SandboxProfile): Promise<ProfileLauncher> {
    const { plain, user, maxPrograms = 256, onEvent = (): void => undefined } = this.#options;
    const launcher = new ProfileLauncher({
      profile,
      plain,
      maxPrograms,
      user: user?.name,
      onEvent,
      isPlain: (level) => user === undefined && !isConfined(level),
      startHelper: (level, events) => this.#startHelper(level, profile, events),
      heldNetwork: (level) => heldNetwork(level, profile),
    });
    this.#profiles.set(profileKey(profile), launcher);
    await launcher.started;
    return launcher;
  }

  /** What a sandbox needs is loaded with the first. */
  async #startHelper(level: SandboxLevel, profile: SandboxProfile, events: HelperEvents): Promise<StartedHelper> {
    const { user, tools } = this.#options;
    this.#helpers ??= import('./sandboxed-helpers.ts').then((loaded) => new loaded.SandboxedHelpers(user, tools));
    return (await this.#helpers).start(level, profile, events);
  }
}

const ASK_OPERATOR = 'Ask the operator to run the doctor: it says what the sandbox of this tool needs.';

/** What proves it is loaded for programs that are to be kept to their targets. */
async function heldNetwork(level: SandboxLevel, profile: SandboxProfile): Promise<HeldNetwork> {
  if (profile.targets === undefined) return { by: 'text', below: [] };
  const { heldWithoutPod } = await import('./held-network.ts');
  return heldWithoutPod(level, profile);
}

/** Without a sandbox there are no limits either. */
function limited<Spec extends Pick<ProgramSpec, 'limits'>>(program: Spec, { mode }: SandboxRequest): Spec {
  if (mode !== 'none') return program;
  const { limits: _, ...unlimited } = program;
  return unlimited as Spec;
}
