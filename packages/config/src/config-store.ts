import { assemble, originOf, standingOf } from './assemble.ts';
import type { ConfigDefinition } from './definition.ts';
import { describeValues } from './describe.ts';
import type { DescribedValue } from './describe.ts';
import { diff } from './diff.ts';
import type { Change } from './diff.ts';
import type { Environment } from './environment.ts';
import { deepFreeze, sameValue } from './frozen.ts';
import type { DeepReadonly } from './frozen.ts';
import type { FlagValue } from './layers.ts';
import { loadLayers } from './load-config.ts';
import type { Loaded, LoadResult } from './load-config.ts';
import type { Origin } from './origin.ts';
import { ConfigError, renderProblems } from './problems.ts';
import type { Notice, Problem, VetoProblem } from './problems.ts';
import { scrub, secretsIn } from './secret.ts';
import { problemsOf } from './source.ts';
import { applyAll, askAll } from './subscribers.ts';
import type { Subscriber } from './subscribers.ts';
import { fileSource } from './text-source.ts';
import type { TextSource } from './text-source.ts';

export interface LoadOptions<T> {
  readonly definition: ConfigDefinition<T>;
  /** The configuration file, YAML or JSON. Without a file and a source there is no file layer. */
  readonly file?: string | undefined;
  /** Instead of `file`: a text from elsewhere, such as a {@link MemorySource} in tests. */
  readonly source?: TextSource | undefined;
  /** Plain values just above the defaults. */
  readonly values?: object | undefined;
  /** Variables, usually `process.env`. Read again at every reload. Without it the environment is not looked at. */
  readonly env?: Environment | undefined;
  readonly flags?: readonly FlagValue[] | undefined;
  /** Asked before the first snapshot exists, so that their refusals count as problems of the load. */
  readonly subscribers?: readonly Subscriber<T>[] | undefined;
}

/** One configuration, frozen: it never changes, a reload makes another one. */
export interface ConfigSnapshot<T> {
  /** 1 after the load, one more with every change. */
  readonly version: number;
  readonly values: DeepReadonly<T>;
  /** Where the value at a path came from: `origin('server.port')`, or a list of keys where one holds a dot. */
  origin(path: string | readonly string[]): Origin;
}

export type ReloadResult =
  | {
      readonly ok: true;
      readonly version: number;
      readonly changes: readonly Change[];
      /** Keys whose new value waits for a restart; the snapshot keeps the running one. */
      readonly restartRequired: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface ConfigEvents {
  readonly reloaded: Extract<ReloadResult, { ok: true }>;
  /** `message` is all problems rendered. */
  readonly rejected: { readonly problems: readonly Problem[]; readonly message: string };
}

/** Counts since the load, for metrics. Times are milliseconds since 1970. */
export interface ConfigStatistics {
  readonly version: number;
  readonly reloads: number;
  readonly rejected: number;
  /** Problems of the last reload: 0 when it succeeded. */
  readonly problems: number;
  readonly restartRequired: readonly string[];
  readonly loadedAt: number;
}

/** Holds the current configuration and replaces it as a whole, or not at all. */
export class ConfigStore<T> implements AsyncDisposable {
  readonly #options: LoadOptions<T>;
  readonly #source: TextSource | undefined;
  readonly #subscribers = new Set<Subscriber<T>>();
  readonly #listeners: Listeners = { reloaded: new Set(), rejected: new Set() };
  #loaded: Loaded<T>;
  #snapshot: ConfigSnapshot<T>;
  #restartRequired: readonly string[] = [];
  #tail: Promise<unknown> = Promise.resolve();
  #counts = { reloads: 0, rejected: 0, problems: 0, loadedAt: Date.now() };

  private constructor(options: LoadOptions<T>, source: TextSource | undefined, loaded: Loaded<T>) {
    this.#options = options;
    this.#source = source;
    for (const subscriber of options.subscribers ?? []) this.#subscribers.add(subscriber);
    this.#loaded = loaded;
    this.#snapshot = this.#snapshotOf(loaded, 1);
  }

  /**
   * Loads defaults < values < file < environment < flags.
   * @throws {ConfigError} with every problem of every layer.
   */
  static async load<T>(options: LoadOptions<T>): Promise<ConfigStore<T>> {
    const { definition } = options;
    const source = options.source ?? (options.file === undefined ? undefined : fileSource(options.file));
    const loaded = await loadLayers(definition, { ...options, source });
    if (!loaded.ok) throw new ConfigError(loaded.problems);
    const values = deepFreeze(loaded.values);
    const refusals = await askAll(options.subscribers ?? [], values, undefined, [], secretsIn(values));
    if (refusals.length > 0) throw new ConfigError(vetoProblems(definition, loaded, refusals));
    return new ConfigStore(options, source, loaded);
  }

  get snapshot(): ConfigSnapshot<T> {
    return this.#snapshot;
  }

  /** What the last good load had to remark: permissions, unknown variables, old spellings. */
  get notices(): readonly Notice[] {
    return this.#loaded.notices;
  }

  get statistics(): ConfigStatistics {
    return { version: this.#snapshot.version, restartRequired: this.#restartRequired, ...this.#counts };
  }

  subscribe(subscriber: Subscriber<T>): Disposable {
    this.#subscribers.add(subscriber);
    return { [Symbol.dispose]: () => this.#subscribers.delete(subscriber) };
  }

  on<E extends keyof ConfigEvents>(event: E, listener: (details: ConfigEvents[E]) => void): Disposable {
    const listeners: Listeners[E] = this.#listeners[event];
    listeners.add(listener);
    return { [Symbol.dispose]: () => listeners.delete(listener) };
  }

  /** Effective values with their origins, secrets redacted. */
  describe(): readonly DescribedValue[] {
    return describeValues(this.#options.definition, this.#loaded);
  }

  /**
   * Reads all layers again. Either everything is right, no subscriber refuses, and the snapshot is replaced; or nothing
   * changes. Never rejects because of the configuration. Reloads run one after the other.
   */
  reload(): Promise<ReloadResult> {
    const run = this.#tail.then(() => this.#reload());
    this.#tail = run.catch(() => undefined);
    return run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tail;
    this.#subscribers.clear();
    for (const listeners of Object.values(this.#listeners)) listeners.clear();
  }

  async #reload(): Promise<ReloadResult> {
    this.#counts.reloads += 1;
    const next = await loadLayers(this.#options.definition, { ...this.#options, source: this.#source });
    const result = next.ok ? await this.#replace(next) : next;
    return this.#finish(result);
  }

  async #replace(next: Loaded<T>): Promise<ReloadResult> {
    const { definition } = this.#options;
    const effective = this.#keepingRestartOnly(next);
    if (!effective.ok) return effective;
    const previous = this.#snapshot;
    const values = deepFreeze(effective.loaded.values);
    const changes = diff(previous.values, values);
    const { restartRequired } = effective;
    if (changes.length > 0) {
      const secrets = [...secretsIn(values), ...secretsIn(previous.values)];
      const refusals = await askAll(this.#subscribers, values, previous.values, changes, secrets);
      if (refusals.length > 0) return { ok: false, problems: vetoProblems(definition, next, refusals) };
      const before = this.#loaded;
      this.#loaded = effective.loaded;
      this.#snapshot = this.#snapshotOf(effective.loaded, previous.version + 1);
      const failure = await applyAll(this.#subscribers, values, previous.values, changes);
      if (failure !== undefined) {
        this.#loaded = before;
        this.#snapshot = previous;
        const message = scrub(failure, secrets);
        return { ok: false, problems: vetoProblems(definition, next, [{ path: [], message }]) };
      }
    } else {
      // Nothing of the values changed, but lines may have moved.
      this.#loaded = effective.loaded;
      this.#snapshot = this.#snapshotOf(effective.loaded, previous.version);
    }
    this.#restartRequired = restartRequired;
    return { ok: true, version: this.#snapshot.version, changes, restartRequired };
  }

  /** The new configuration with the running value of every key that only a restart can change. */
  #keepingRestartOnly(
    next: Loaded<T>,
  ):
    | { readonly ok: true; readonly loaded: Loaded<T>; readonly restartRequired: readonly string[] }
    | Extract<LoadResult<T>, { ok: false }> {
    const { definition } = this.#options;
    const assignments = new Map(next.assignments);
    const restartRequired: string[] = [];
    for (const { key, field } of definition.leaves) {
      if (field.reload !== 'restart') continue;
      const running = this.#loaded.assignments.get(key);
      if (sameValue(running?.value, assignments.get(key)?.value)) continue;
      restartRequired.push(key);
      if (running === undefined) assignments.delete(key);
      else assignments.set(key, running);
    }
    if (restartRequired.length === 0) return { ok: true, loaded: next, restartRequired };
    const { values, issues } = assemble(definition, assignments);
    if (issues.length > 0) {
      const waiting = `while ${restartRequired.join(', ')} still ${restartRequired.length === 1 ? 'has its' : 'have their'} running value`;
      const problems = problemsOf(issues.map((issue) => ({ ...issue, message: `${issue.message} (${waiting})` })));
      return { ok: false, problems };
    }
    return { ok: true, loaded: { ...next, values, assignments }, restartRequired };
  }

  #finish(result: ReloadResult): ReloadResult {
    if (result.ok) {
      this.#counts.problems = 0;
      this.#counts.loadedAt = Date.now();
      if (result.changes.length > 0 || result.restartRequired.length > 0) emit(this.#listeners.reloaded, result);
    } else {
      this.#counts.rejected += 1;
      this.#counts.problems = result.problems.length;
      emit(this.#listeners.rejected, { problems: result.problems, message: renderProblems(result.problems) });
    }
    return result;
  }

  #snapshotOf(loaded: Loaded<T>, version: number): ConfigSnapshot<T> {
    const values = deepFreeze(loaded.values);
    return Object.freeze({
      version,
      values,
      origin: (path: string | readonly string[]) =>
        originOf(loaded.assignments, typeof path === 'string' ? path.split('.') : path),
    });
  }
}

type Listeners = { readonly [E in keyof ConfigEvents]: Set<(details: ConfigEvents[E]) => void> };

/** A listener that throws must not keep the others from hearing, nor undo what has happened. */
function emit<D>(listeners: ReadonlySet<(details: D) => void>, details: D): void {
  for (const listener of listeners) {
    try {
      listener(details);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

function vetoProblems<T>(
  definition: ConfigDefinition<T>,
  loaded: Loaded<T>,
  refusals: readonly VetoProblem[],
): readonly Problem[] {
  return problemsOf(
    refusals.map(({ path, message, suggestion }) => ({
      rule: 'veto',
      path,
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
      ...standingOf(definition, loaded.assignments, path),
    })),
  );
}
