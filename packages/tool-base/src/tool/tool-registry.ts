import type { Tool } from './tool.ts';

export interface RegistryChange {
  readonly type: 'added' | 'removed' | 'replaced' | 'enabled' | 'disabled';
  readonly name: string;
  /** The registry's version after the change. */
  readonly version: number;
}

/** The tools of one server by name. A cache of anything derived from them is keyed by `version`. */
export class ToolRegistry {
  readonly #tools = new Map<string, Tool>();
  readonly #listeners = new Set<(change: RegistryChange) => void>();
  readonly #settledListeners = new Set<(version: number) => void>();
  #version = 0;
  #batches = 0;

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  /** @throws {RangeError} when the name is taken */
  add(tool: Tool): void {
    if (this.#tools.has(tool.name)) {
      throw new RangeError(`There are two tools named ${JSON.stringify(tool.name)}; rename one of them.`);
    }
    this.#tools.set(tool.name, tool);
    this.#changed('added', tool.name);
  }

  /** @returns whether there was such a tool. Its running calls end normally. */
  remove(name: string): boolean {
    const removed = this.#tools.delete(name);
    if (removed) this.#changed('removed', name);
    return removed;
  }

  /**
   * Puts a tool in the place of another of the same name, keeping whether it is switched off; running calls end with the old one.
   * @throws {RangeError} when there is nothing to replace or the names differ
   */
  replace(name: string, tool: Tool): void {
    const old = this.#tools.get(name);
    if (old === undefined || tool.name !== name) {
      throw new RangeError(`Only a tool named ${JSON.stringify(name)} can replace the one that is there.`);
    }
    tool.enabled = old.enabled;
    this.#tools.set(name, tool);
    this.#changed('replaced', name);
  }

  get(name: string): Tool | undefined {
    return this.#tools.get(name);
  }

  /** In the order of registration; tools whose definition has a `listOrder` are last, in that order. */
  list(filter: { readonly enabledOnly?: boolean } = {}): readonly Tool[] {
    const tools = inOrder([...this.#tools.values()]);
    return filter.enabledOnly === true ? tools.filter((tool) => tool.enabled) : tools;
  }

  /** @returns false when there is no such tool. Enabling an enabled tool changes nothing and notifies nobody. */
  enable(name: string): boolean {
    return this.#switch(name, true);
  }

  /** @returns false when there is no such tool. Running calls go on; new ones are refused. */
  disable(name: string): boolean {
    return this.#switch(name, false);
  }

  /** Makes several changes that observers of `settled` see as one. */
  batch(change: () => void): void {
    const before = this.#version;
    this.#batches += 1;
    try {
      change();
    } finally {
      this.#batches -= 1;
      if (this.#batches === 0 && this.#version !== before) this.#settled();
    }
  }

  /** Called once after each change outside of a batch, and once after a batch that changed something. */
  onSettled(listener: (version: number) => void): Disposable {
    const own = (version: number): void => listener(version);
    this.#settledListeners.add(own);
    return { [Symbol.dispose]: () => void this.#settledListeners.delete(own) };
  }

  /** Called after the change; a listener that throws does not undo it, and the other listeners are still called. */
  on(_event: 'changed', listener: (change: RegistryChange) => void): Disposable {
    const own = (change: RegistryChange): void => listener(change);
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
  }

  #switch(name: string, enabled: boolean): boolean {
    const tool = this.#tools.get(name);
    if (tool === undefined) return false;
    if (tool.enabled !== enabled) {
      tool.enabled = enabled;
      this.#changed(enabled ? 'enabled' : 'disabled', name);
    }
    return true;
  }

  #changed(type: RegistryChange['type'], name: string): void {
    this.#version += 1;
    const change: RegistryChange = { type, name, version: this.#version };
    notify(this.#listeners, change);
    if (this.#batches === 0) this.#settled();
  }

  #settled(): void {
    notify(this.#settledListeners, this.#version);
  }
}

function notify<T>(listeners: Iterable<(value: T) => void>, value: T): void {
  for (const listener of listeners) {
    try {
      listener(value);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }
}

function inOrder(tools: Tool[]): Tool[] {
  const placed = tools.filter(({ definition }) => definition.listOrder !== undefined);
  if (placed.length === 0) return tools;
  placed.sort((a, b) => (a.definition.listOrder! < b.definition.listOrder! ? -1 : 1));
  return [...tools.filter(({ definition }) => definition.listOrder === undefined), ...placed];
}
