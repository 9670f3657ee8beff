import { ChangeWatch, waitUntilStable, retryWhileIncomplete } from './change-watch.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { snapshotOf } from './config-snapshot.ts';
import type { ConfigSnapshot } from './config-snapshot.ts';
import { describeValues } from './described-values.ts';
import type { DescribedValue } from './described-values.ts';
import { diff } from './diff.ts';
import { saveTarget } from './file-source.ts';
import { deepFreeze } from './frozen.ts';
import { Listeners } from './listeners.ts';
import { loadLayers } from '../reading/load-layers.ts';
import type { Loaded, LoadResult } from '../reading/load-layers.ts';
import type { LoadOptions } from './load-options.ts';
import { overriddenKeys } from './overridden-keys.ts';
import { renderProblems } from '../describe/problems.ts';
import type { Notice } from '../describe/problems.ts';
import type { ConfigEvents, ConfigStatistics, ReloadResult } from './reload-result.ts';
import { keepRestartOnly } from './restart-only.ts';
import { formatOf, savedText } from './save-config.ts';
import type { SaveOptions, SaveResult } from './save-config.ts';
import { redactSecrets, secretsIn } from '../fields/secret.ts';
import { applyAll, validateWithSubscribers, vetoProblems } from './subscribers.ts';
import type { Subscriber } from './subscribers.ts';
import { loadConfig } from './load-config.ts';
import type { TextSource } from '../reading/text-source.ts';
import { readRawInputs, rawInputsOf } from '../reading/raw-inputs.ts';
import type { RawInputs } from '../reading/raw-inputs.ts';
import { writeAtomically } from './write-file.ts';

/** Holds the current configuration and replaces it as a whole, or not at all. */
export class ConfigStore<T> implements AsyncDisposable {
  readonly #options: LoadOptions<T>;
  readonly #source: TextSource | undefined;
  readonly #clock: Clock;
  readonly #subscribers = new Set<Subscriber<T>>();
  readonly #listeners = new Listeners<ConfigEvents>();
  readonly #watches = new Set<ChangeWatch>();
  #updates: readonly object[] = [];
  #raw: RawInputs;
  #loaded: Loaded<T>;
  #snapshot: ConfigSnapshot<T>;
  #restartRequired: readonly string[] = [];
  #counts: { reloads: number; rejected: number; problems: number; loadedAt: number };
  /** Everything that may replace the snapshot runs in this queue, one at a time. */
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(options: LoadOptions<T>, source: TextSource | undefined, raw: RawInputs, loaded: Loaded<T>) {
    this.#options = options;
    this.#source = source;
    this.#clock = options.clock ?? systemClock;
    for (const subscriber of options.subscribers ?? []) this.#subscribers.add(subscriber);
    this.#raw = raw;
    this.#loaded = loaded;
    this.#snapshot = snapshotOf(loaded, 1);
    this.#counts = { reloads: 0, rejected: 0, problems: 0, loadedAt: this.#clock.epochMs() };
  }

  /**
   * Loads defaults < values < file < environment < flags.
   * @throws {ConfigError} with every problem of every layer and every veto
   */
  static async load<T>(options: LoadOptions<T>): Promise<ConfigStore<T>> {
    const { source, raw, loaded } = await loadConfig(options);
    return new ConfigStore(options, source, raw, loaded);
  }

  get snapshot(): ConfigSnapshot<T> {
    return this.#snapshot;
  }

  /** Notices of the last successful load: permissions, unknown variables, old spellings. */
  get notices(): readonly Notice[] {
    return this.#loaded.notices;
  }

  get statistics(): ConfigStatistics {
    return { version: this.#snapshot.version, restartRequired: this.#restartRequired, ...this.#counts };
  }

  subscribe(subscriber: Subscriber<T>): Disposable {
    this.#subscribers.add(subscriber);
    return { [Symbol.dispose]: () => void this.#subscribers.delete(subscriber) };
  }

  on<E extends keyof ConfigEvents>(event: E, listener: (details: ConfigEvents[E]) => void): Disposable {
    return this.#listeners.on(event, listener);
  }

  /** Effective values with their origins, secrets redacted. */
  describe(): readonly DescribedValue[] {
    return describeValues(this.#options.definition, this.#loaded);
  }

  /**
   * Reads all layers again. The snapshot is replaced only if there is no problem and no subscriber vetoes it; otherwise
   * nothing changes. The promise does not reject because of the configuration.
   */
  reload(): Promise<ReloadResult> {
    return this.#queue(async () => {
      const raw = await this.#readRawInputs();
      return this.#finish(await this.#tryRawInputs(raw));
    });
  }

  /**
   * Changes keys in memory, under the same rules as a reload; {@link ConfigStore.save} writes them to the file. A key that
   * the environment or the command line sets cannot be changed this way.
   * @throws {TypeError} for values that are no plain object or contain themselves.
   */
  update(values: object): Promise<ReloadResult> {
    return this.#queue(async () => {
      const before = this.#updates;
      const overridden = overriddenKeys(this.#options.definition, this.#loaded.assignments, values);
      if (overridden.length > 0) return this.#finish({ ok: false, problems: overridden });
      this.#updates = [...before, structuredClone(values)];
      const result = await this.#tryRawInputs(this.#raw).catch((error: unknown) => {
        this.#updates = before;
        throw error;
      });
      if (!result.ok) this.#updates = before;
      return this.#finish(result);
    });
  }

  /**
   * Follows the file until disposed: at every event in its directory and every second, its content and that of secret
   * files is compared with what was loaded. A file that is missing, empty or partly written is read again for about a
   * second before it is reported.
   */
  watch(): Disposable {
    const watch = new ChangeWatch({
      clock: this.#clock,
      watch: (onEvent) => this.#source?.watch(onEvent) ?? { [Symbol.dispose]: () => {} },
      checkForChange: () => this.#queue(() => this.#checkForChange()),
    });
    this.#watches.add(watch);
    return {
      [Symbol.dispose]: () => {
        watch[Symbol.dispose]();
        this.#watches.delete(watch);
      },
    };
  }

  /**
   * Writes what the file and `update()` set, in one atomic step and readable by the owner only. Values from the
   * environment and the command line are not written. The store's own watch does not report it as a change.
   * @throws {TypeError} without a file to write to; errors of the file system as they are.
   */
  save(options: SaveOptions = {}): Promise<SaveResult> {
    return this.#queue(async () => {
      const { file, isOwn } = saveTarget(options.file, this.#source?.name);
      const { text, omitted } = savedText(this.#loaded.saved, options.format ?? formatOf(file), isOwn);
      if (!isOwn || this.#source === undefined) await writeAtomically(file, text, { createFolders: true });
      else {
        await this.#source.write(text);
        this.#updates = [];
        const result = await this.#tryRawInputs(rawInputsOf({ text, notices: [] }, this.#raw.secretFiles));
        // Only variables that changed meanwhile can make this more than a new set of line numbers.
        if (!result.ok || result.changes.length > 0) this.#finish(result);
      }
      return { file, omitted };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const watch of this.#watches) watch[Symbol.dispose]();
    this.#watches.clear();
    await this.#tail;
    this.#subscribers.clear();
    this.#listeners.clear();
  }

  #queue<R>(task: () => Promise<R>): Promise<R> {
    const run = this.#tail.then(task);
    this.#tail = run.catch(() => undefined);
    return run;
  }

  #readRawInputs(): Promise<RawInputs> {
    return readRawInputs(this.#options.definition, this.#source, this.#options.env ?? {}, this.#options.permissions);
  }

  async #checkForChange(): Promise<void> {
    const read = (): Promise<RawInputs> => this.#readRawInputs();
    const raw = await waitUntilStable(this.#raw.fingerprint, read, this.#clock);
    if (raw === undefined) return;
    this.#finish(await retryWhileIncomplete(raw, read, (next) => this.#tryRawInputs(next), this.#clock));
  }

  /** Replaces the configuration by what `raw` and the other layers hold, unless there is a problem or a veto. */
  async #tryRawInputs(raw: RawInputs): Promise<ReloadResult> {
    this.#raw = raw;
    const { definition } = this.#options;
    const inputs = { ...this.#options, source: this.#source, updates: this.#updates };
    const next: LoadResult<T> = loadLayers(definition, inputs, raw);
    if (!next.ok) return next;
    const kept = keepRestartOnly(definition, this.#loaded, next);
    if (!kept.ok) return kept;
    const { loaded, restartRequired } = kept;
    const previous = this.#snapshot;
    const values = deepFreeze(loaded.values);
    const changes = diff(previous.values, values);
    const secrets = [...secretsIn(values), ...secretsIn(previous.values)];
    if (changes.length > 0) {
      const vetoes = await validateWithSubscribers(this.#subscribers, values, previous.values, changes, secrets);
      if (vetoes.length > 0) return { ok: false, problems: vetoProblems(definition, loaded, vetoes) };
    }
    const before = this.#loaded;
    this.#loaded = loaded;
    // Without a change the version stays, but lines may have moved.
    this.#snapshot = snapshotOf(loaded, previous.version + (changes.length > 0 ? 1 : 0));
    const failure =
      changes.length > 0 ? await applyAll(this.#subscribers, values, previous.values, changes) : undefined;
    if (failure !== undefined) {
      this.#loaded = before;
      this.#snapshot = previous;
      return {
        ok: false,
        problems: vetoProblems(definition, before, [{ path: [], message: redactSecrets(failure, secrets) }]),
      };
    }
    this.#restartRequired = restartRequired;
    return { ok: true, version: this.#snapshot.version, changes, restartRequired };
  }

  #finish(result: ReloadResult): ReloadResult {
    this.#counts.reloads += 1;
    if (result.ok) {
      this.#counts.problems = 0;
      this.#counts.loadedAt = this.#clock.epochMs();
      if (result.changes.length > 0 || result.restartRequired.length > 0) this.#listeners.emit('reloaded', result);
    } else {
      this.#counts.rejected += 1;
      this.#counts.problems = result.problems.length;
      const { problems } = result;
      this.#listeners.emit('rejected', { problems, message: renderProblems(problems) });
    }
    return result;
  }
}
