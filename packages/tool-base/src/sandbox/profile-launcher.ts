/** Starts the programs of one profile, at the strongest level that holds. */

import type { HelperEvents, HelperProcess } from '../launcher/helper-process.ts';
import { HelperLauncher } from '../launcher/helper-launcher.ts';
import type { Launcher } from '../launcher/program.ts';
import { limitSupport } from '../launcher/resource-limits.ts';
import { MECHANISMS, type SandboxLevel } from './level.ts';
import { isConfined, levelsToTry, type SandboxProfile } from './profile.ts';
import { SandboxError } from './sandbox-error.ts';
import type { SandboxEvent, SandboxStatus } from './sandbox-status.ts';

export interface ProfileLauncherOptions {
  readonly profile: SandboxProfile;
  /** Where programs run that have no helper of their own. Not disposed here. */
  readonly plain: Launcher;
  /** Starts a helper at this level, and rejects if the level does not hold. */
  readonly startHelper: (level: SandboxLevel, events: HelperEvents) => Promise<HelperProcess>;
  /** Whether the level needs no helper of its own. */
  readonly isPlain: (level: SandboxLevel) => boolean;
  readonly maxPrograms: number;
  readonly user: string | undefined;
  readonly onEvent: (event: SandboxEvent) => void;
}

const NO_SANDBOX = 'Sandboxes need Linux.';

/** Nothing is wrong: programs of this profile run where those without a sandbox run. */
class UnconfinedError extends Error {}

export class ProfileLauncher {
  readonly #options: ProfileLauncherOptions;
  #own: HelperLauncher | undefined;
  #status: SandboxStatus;
  #startedLevel: SandboxLevel | undefined;
  /** The last failure of each level. */
  readonly #reported = new Map<SandboxLevel, string>();
  #hasStarted = false;
  #retired = false;

  /** Settles when the first start has ended, and never rejects: what could not be started is in the status, and is tried again. */
  readonly started: Promise<void>;

  constructor(options: ProfileLauncherOptions) {
    this.#options = options;
    this.#status = this.#statusOf(undefined, []);
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
    return this.#startedLevel !== this.#status.level;
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
    this.#startedLevel = this.#status.level;
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
        this.#runPlain(level, below);
        throw new UnconfinedError(level);
      }
      try {
        const helper = await this.#options.startHelper(level, events);
        this.#reported.delete(level);
        this.#become(this.#statusOf(level, below));
        return helper;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        below.push(`${level}: ${reason}`);
        this.#failed(level, reason);
      }
    }
    this.#become(this.#statusOf(undefined, below));
    throw new SandboxError(below.join(' '));
  }

  #runPlain(level: SandboxLevel, below: readonly string[]): void {
    const own = this.#own;
    this.#own = undefined;
    void own?.[Symbol.asyncDispose]();
    this.#become(this.#statusOf(level, below));
  }

  #become(status: SandboxStatus): void {
    const before = this.#status.level;
    const isFirst = this.#startedLevel === undefined && before === undefined;
    this.#status = status;
    const { mode } = status.profile;
    if (mode === 'limits' || mode === 'none') return;
    if (isFirst && status.level !== undefined) this.#options.onEvent({ type: 'ready', status });
    else if (!isFirst && before !== status.level) this.#options.onEvent({ type: 'changed', before, status });
  }

  #failed(level: SandboxLevel | undefined, reason: string): void {
    if (level === undefined || !isConfined(level)) return;
    // What is tried again and again fails for the same reason.
    if (this.#reported.get(level) === reason) return;
    this.#reported.set(level, reason);
    const { profile, onEvent } = this.#options;
    onEvent({ type: 'failed', mechanism: MECHANISMS[level], reason, profile });
  }

  #statusOf(level: SandboxLevel | undefined, below: readonly string[]): SandboxStatus {
    const { profile, user } = this.#options;
    return { level, mechanism: MECHANISMS[level ?? 'none'], below, profile, user };
  }
}
