/** Starts the programs of one profile, at the strongest level that holds. */

import type { HelperEvents, HelperProcess } from '../launcher/helper-process.ts';
import { HelperLauncher } from '../launcher/helper-launcher.ts';
import type { Launcher } from '../launcher/program.ts';
import { limitSupport } from '../launcher/resource-limits.ts';
import { isBelow, MECHANISMS, type SandboxLevel } from './level.ts';
import { isConfined, levelsToTry, type SandboxProfile } from './profile.ts';
import { SandboxError } from './sandbox-error.ts';
import type { HeldNetwork, SandboxEvent, SandboxStatus } from './sandbox-status.ts';
import type { StartedHelper } from './sandboxed-helpers.ts';

export interface ProfileLauncherOptions {
  readonly profile: SandboxProfile;
  /** Where programs run that have no helper of their own. Not disposed here. */
  readonly plain: Launcher;
  /** Starts a helper at this level, and rejects if the level does not hold. */
  readonly startHelper: (level: SandboxLevel, events: HelperEvents) => Promise<StartedHelper>;
  /** What keeps programs without a helper of their own to their targets. */
  readonly heldNetwork: (level: SandboxLevel) => Promise<HeldNetwork>;
  /** Whether the level needs no helper of its own. */
  readonly isPlain: (level: SandboxLevel) => boolean;
  readonly maxPrograms: number;
  readonly user: string | undefined;
  readonly onEvent: (event: SandboxEvent) => void;
}

const NO_SANDBOX = 'Sandboxes need Linux.';

/** While nothing runs. */
const NOT_OBSERVED: HeldNetwork = { by: 'text', below: [] };

/** Whether two states confine programs alike. */
function isSame(one: SandboxStatus, other: SandboxStatus): boolean {
  return one.level === other.level && one.network.by === other.network.by;
}

/** What holds a network, from the weakest. */
const HOLDERS: readonly HeldNetwork['by'][] = ['text', 'unit', 'pod', 'filter', 'namespace'];

function isWeaker(one: SandboxStatus, other: SandboxStatus): boolean {
  if (one.level === undefined || other.level === undefined) return one.level !== other.level;
  return isBelow(one.level, other.level) || HOLDERS.indexOf(one.network.by) < HOLDERS.indexOf(other.network.by);
}

/** Nothing is wrong: programs of this profile run where those without a sandbox run. */
class UnconfinedError extends Error {}

export class ProfileLauncher {
  readonly #options: ProfileLauncherOptions;
  #own: HelperLauncher | undefined;
  #status: SandboxStatus;
  #startedAs: SandboxStatus | undefined;
  /** The last failure of each level, and of the pod. */
  readonly #reported = new Map<SandboxLevel | 'pod', string>();
  #hasStarted = false;
  #retired = false;

  /** Settles when the first start has ended, and never rejects: what could not be started is in the status, and is tried again. */
  readonly started: Promise<void>;

  constructor(options: ProfileLauncherOptions) {
    this.#options = options;
    this.#status = this.#statusOf(undefined, [], NOT_OBSERVED);
    this.started = this.#start();
  }

  get status(): SandboxStatus {
    return this.#status;
  }

  /** False during the first start, while nothing is known. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Weaker than at its start. */
  get hasFallen(): boolean {
    return this.#startedAs !== undefined && isWeaker(this.#status, this.#startedAs);
  }

  async #start(): Promise<void> {
    const own = new HelperLauncher({
      maxPrograms: this.#options.maxPrograms,
      start: (events) => this.#startHelper(events),
      onChange: ({ state, reason }) => {
        if (state === 'lost') this.#failed(this.#status.level, reason);
      },
    });
    this.#own = own;
    await own.startHelper().catch((error: unknown) => {
      if (!(error instanceof UnconfinedError)) own.tryAgain();
    });
    this.#startedAs = this.#status;
    this.#hasStarted = true;
  }

  /** `undefined` while nothing can be started at a level that the profile allows. */
  get launcher(): Launcher | undefined {
    if (this.#status.level === undefined) return undefined;
    return this.#own ?? this.#options.plain;
  }

  /** Takes no more programs; ends when the running ones have ended. */
  retire(): void {
    this.#retired = true;
    this.released();
  }

  /** Called after each run. */
  released(): void {
    if (this.#retired && (this.#own?.running ?? 0) === 0) void this.#own?.[Symbol.asyncDispose]();
  }

  get running(): number {
    return this.#own?.running ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#own?.[Symbol.asyncDispose]();
  }

  async #startHelper(events: HelperEvents): Promise<HelperProcess> {
    const limits = limitSupport();
    const wanted = levelsToTry(this.#options.profile.mode);
    const levels = wanted.map((level) => (level === 'limits' && limits !== 'enforced' ? 'none' : level));
    const below: string[] = [];
    if (limits === 'unsupported') {
      if (wanted.some(isConfined)) below.push(NO_SANDBOX);
      levels.splice(0, levels.length, 'none');
    }
    for (const level of levels) {
      if (this.#options.isPlain(level)) {
        await this.#runPlain(level, below);
        throw new UnconfinedError(level);
      }
      try {
        const { helper, network } = await this.#options.startHelper(level, events);
        this.#reported.delete(level);
        this.#networkStarted(network);
        this.#become(this.#statusOf(level, below, network));
        return helper;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        below.push(`${level}: ${reason}`);
        this.#failed(level, reason);
      }
    }
    this.#become(this.#statusOf(undefined, below, NOT_OBSERVED));
    throw new SandboxError(below.join(' '));
  }

  async #runPlain(level: SandboxLevel, below: readonly string[]): Promise<void> {
    const network = await this.#options.heldNetwork(level);
    const own = this.#own;
    this.#own = undefined;
    void own?.[Symbol.asyncDispose]();
    this.#become(this.#statusOf(level, below, network));
  }

  #networkStarted({ below }: HeldNetwork): void {
    if (this.#options.profile.targets?.shared !== undefined) return;
    if (below.length === 0) this.#reported.delete('pod');
    else this.#report('pod', below.join(' '));
  }

  #become(status: SandboxStatus): void {
    const before = this.#status;
    const isFirst = this.#startedAs?.level === undefined && before.level === undefined;
    this.#status = status;
    const { mode } = status.profile;
    if (mode === 'limits' || mode === 'none') return;
    if (isFirst && status.level !== undefined) this.#options.onEvent({ type: 'ready', status });
    else if (!isFirst && !isSame(before, status)) this.#options.onEvent({ type: 'changed', before, status });
  }

  #failed(level: SandboxLevel | undefined, reason: string): void {
    if (level !== undefined && isConfined(level)) this.#report(level, reason);
  }

  /** What is tried again and again fails for the same reason. */
  #report(what: SandboxLevel | 'pod', reason: string): void {
    if (this.#reported.get(what) === reason) return;
    this.#reported.set(what, reason);
    const { profile, onEvent } = this.#options;
    onEvent({ type: 'failed', mechanism: what === 'pod' ? what : MECHANISMS[what], reason, profile });
  }

  #statusOf(level: SandboxLevel | undefined, below: readonly string[], network: HeldNetwork): SandboxStatus {
    const { profile, user } = this.#options;
    return { level, mechanism: MECHANISMS[level ?? 'none'], below, network, profile, user };
  }
}
