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
  #version = 0;

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

  /** In the order of registration. */
  list(filter: { readonly enabledOnly?: boolean } = {}): readonly Tool[] {
    const tools = [...this.#tools.values()];
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
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }
}
