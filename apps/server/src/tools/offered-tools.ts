/** Tools that come and go while the server runs: those of upstreams, each list under the key of its owner. */
import type { Tool, ToolDefinition, ToolRegistry } from '@mcp/tool-base';

/** What the configuration in effect makes of a definition. */
export interface Offering {
  readonly isExcluded: (name: string) => boolean;
  readonly make: (definition: ToolDefinition) => Tool;
  /** Equal for two configurations that make the same tool of a definition. */
  readonly fingerprint: string;
}

export interface OfferedToolsOptions {
  readonly registry: ToolRegistry;
  /** Whether operators left the tool on at run time. */
  readonly isSwitchedOn: (name: string) => boolean;
}

interface OfferedTool {
  readonly definition: ToolDefinition;
  readonly fingerprint: string;
  readonly isPending: boolean;
}

export class OfferedTools {
  readonly #options: OfferedToolsOptions;
  readonly #byOwner = new Map<string, Map<string, OfferedTool>>();
  /** Owners that operators switched off at run time. */
  readonly #off = new Set<string>();
  #offering: Offering | undefined;

  constructor(options: OfferedToolsOptions) {
    this.#options = options;
  }

  /** Makes the tools anew where the configuration changes what they are. */
  configure(offering: Offering): void {
    this.#offering = offering;
    for (const owner of this.#byOwner.keys()) this.#offerAgain(owner);
  }

  /** Enables what an owner offers, now and later, or disables all of it. */
  switchOwner(owner: string, enabled: boolean): void {
    if (enabled) this.#off.delete(owner);
    else this.#off.add(owner);
    this.#offerAgain(owner);
  }

  /**
   * A tool whose definition is the same object keeps its instance, and with it breaker, queue and statistics.
   * @param pending what stands for tools that wait for approval: no client sees it, and nobody can switch it on
   */
  offer(owner: string, definitions: readonly ToolDefinition[], pending: readonly ToolDefinition[]): void {
    const { registry } = this.#options;
    const before = this.#byOwner.get(owner) ?? new Map<string, OfferedTool>();
    const after = new Map<string, OfferedTool>();
    registry.batch(() => {
      const isOff = this.#off.has(owner);
      for (const definition of definitions) this.#place({ definition, isPending: false }, isOff, before, after);
      for (const definition of pending) this.#place({ definition, isPending: true }, isOff, before, after);
      for (const name of before.keys()) if (!after.has(name)) registry.remove(name);
    });
    if (after.size > 0) this.#byOwner.set(owner, after);
    else this.#byOwner.delete(owner);
  }

  isExcluded(name: string): boolean {
    const isOffered = [...this.#byOwner.values()].some((tools) => tools.has(name));
    return isOffered && (this.#offering?.isExcluded(name) ?? false);
  }

  /** Whether the tool waits for approval, so that it cannot be enabled at run time. */
  isPending(name: string): boolean {
    return [...this.#byOwner.values()].some((tools) => tools.get(name)?.isPending === true);
  }

  /** Whether the owner of the tool is switched off. */
  isOff(name: string): boolean {
    return [...this.#byOwner].some(([owner, tools]) => this.#off.has(owner) && tools.has(name));
  }

  #offerAgain(owner: string): void {
    const entries = [...(this.#byOwner.get(owner)?.values() ?? [])];
    const definitionsOf = (pending: boolean): ToolDefinition[] =>
      entries.filter(({ isPending }) => isPending === pending).map(({ definition }) => definition);
    this.offer(owner, definitionsOf(false), definitionsOf(true));
  }

  #place(
    { definition, isPending }: Omit<OfferedTool, 'fingerprint'>,
    isOff: boolean,
    earlier: ReadonlyMap<string, OfferedTool>,
    after: Map<string, OfferedTool>,
  ): void {
    const { registry, isSwitchedOn } = this.#options;
    const offering = this.#offering;
    const { name } = definition;
    const before = earlier.get(name);
    // The configuration keeps the names of upstreams apart from all others.
    if (offering === undefined || (before === undefined && registry.get(name) !== undefined)) return;
    const { fingerprint } = offering;
    const isEnabled = !isPending && !isOff && isSwitchedOn(name) && !offering.isExcluded(name);
    if (before?.definition !== definition || before.fingerprint !== fingerprint) {
      const tool = offering.make(definition);
      tool.enabled = isEnabled;
      if (before === undefined) registry.add(tool);
      else registry.replace(name, tool);
    }
    after.set(name, { definition, fingerprint, isPending });
    if (isEnabled) registry.enable(name);
    else registry.disable(name);
  }
}
