import type { ClusterEngine, Entry, TableName } from '../engine.ts';

export interface SharedTableOptions {
  readonly engine: ClusterEngine;
  readonly table: TableName;
  /** Puts a value into force on this server; the same value may come more than once. */
  readonly apply: (name: string, value: string) => void;
}

/** `local`: in force on this server only, until the engine answers again. */
export type Spread = 'everywhere' | 'local';

/**
 * What operators set at run time, equal on all servers. What is set while the engine is down counts when it is back, unless
 * something newer was set meanwhile. An engine that has lost its data gets it back from the servers.
 */
export class SharedTable {
  readonly #options: SharedTableOptions;
  readonly #known = new Map<string, Entry>();
  /** Set here while the engine was down. */
  readonly #unsent = new Map<string, string>();

  constructor(options: SharedTableOptions) {
    this.#options = options;
  }

  /** The value in force, if one was ever set. */
  get(name: string): string | undefined {
    return this.#unsent.get(name) ?? this.#known.get(name)?.value;
  }

  /** Takes effect on this server at once. */
  async set(name: string, value: string): Promise<Spread> {
    const { engine, table, apply } = this.#options;
    apply(name, value);
    try {
      let entry = await engine.set(table, name, value);
      // An engine that has lost its data counts from the beginning until every server has given back what it knows.
      if (entry.version < this.#versionOf(name)) {
        entry = await engine.set(table, name, value, this.#versionOf(name) + 1);
      }
      this.#learn(name, entry);
      return 'everywhere';
    } catch {
      this.#unsent.set(name, value);
      return 'local';
    }
  }

  onEntry(name: string, entry: Entry): void {
    const known = this.#known.get(name);
    // An engine that has lost its last writes may give a version a second time; then its value counts.
    if (known && (known.version > entry.version || (known.version === entry.version && known.value === entry.value)))
      return;
    this.#unsent.delete(name);
    this.#learn(name, entry);
  }

  /** After every join. */
  onTable(entries: ReadonlyMap<string, Entry>): void {
    for (const [name, entry] of entries) this.onEntry(name, entry);
    for (const [name, value] of this.#unsent) void this.#send(name, value, this.#versionOf(name) + 1);
    for (const [name, { value, version }] of this.#known) {
      const isOlderThere = (entries.get(name)?.version ?? 0) < version;
      if (isOlderThere && !this.#unsent.has(name)) void this.#send(name, value, version);
    }
  }

  #versionOf(name: string): number {
    return this.#known.get(name)?.version ?? 0;
  }

  #learn(name: string, entry: Entry): void {
    if (entry.version < this.#versionOf(name)) return;
    this.#known.set(name, entry);
    this.#options.apply(name, entry.value);
  }

  async #send(name: string, value: string, version: number): Promise<void> {
    const { engine, table } = this.#options;
    try {
      const entry = await engine.set(table, name, value, version);
      this.#unsent.delete(name);
      this.#learn(name, entry);
    } catch {
      // The next join sends it again.
    }
  }
}
