/** What an upstream offers now: its last complete list after the operator's choices and the decision of trust, as tools of tool-base. */
import { isDeepStrictEqual } from 'node:util';

import type { ToolDefinition } from '@mcp/tool-base';

import { pendingTool } from '../call/pending-tool.ts';
import { diffOf } from '../trust/diff-of.ts';
import type { TrustGate } from '../trust/trust-gate.ts';
import type { UpstreamSettings } from '../upstream-options.ts';
import type { UpstreamChange, UpstreamDiff } from '../upstream-report.ts';
import type { ListedTool } from './listed-tool.ts';
import { catalogueOf, type Catalogue, type OfferedTool } from './catalogue.ts';

export interface OfferOptions {
  readonly settings: Pick<UpstreamSettings, 'key' | 'tools' | 'position'>;
  readonly trust: TrustGate<ListedTool>;
  readonly createTool: (offered: OfferedTool) => ToolDefinition;
  readonly onChange: (change: UpstreamChange) => void;
}

const NOTHING_LISTED: Catalogue = { offered: [], pending: [], withheld: [], excluded: [] };

export class Offer {
  readonly #options: OfferOptions;
  #rawTools: readonly unknown[] | undefined;
  #catalogue = NOTHING_LISTED;
  #tools: readonly ToolDefinition[] = [];
  #pendingTools: readonly ToolDefinition[] = [];

  constructor(options: OfferOptions) {
    this.#options = options;
  }

  get isListed(): boolean {
    return this.#rawTools !== undefined;
  }

  get catalogue(): Catalogue {
    return this.#catalogue;
  }

  /** Sorted by name. A tool that did not change is the same object as before. */
  get tools(): readonly ToolDefinition[] {
    return this.#tools;
  }

  get pendingTools(): readonly ToolDefinition[] {
    return this.#pendingTools;
  }

  listed(rawTools: readonly unknown[]): void {
    this.#rawTools = rawTools;
    this.evaluate();
  }

  /** Again, after what is approved may have changed. */
  evaluate(): void {
    if (this.#rawTools === undefined) return;
    const { settings, trust, onChange } = this.#options;
    const before = trust.problem;
    const next = catalogueOf(this.#rawTools, {
      key: settings.key,
      choice: settings.tools ?? {},
      decide: trust.decide,
    });
    const { problem } = trust;
    if (problem !== undefined && problem !== before) onChange({ type: 'trust_failed', problem });
    this.#publish(next);
  }

  diff(): readonly UpstreamDiff[] {
    return diffOf('tool', this.#catalogue.pending);
  }

  /** @throws {PinStoreError} when the approval cannot be kept */
  approve(name: string | undefined): readonly string[] {
    const approved = this.#options.trust.approveNamed(this.#catalogue.pending, name);
    if (approved.length > 0) this.evaluate();
    return approved;
  }

  #publish(next: Catalogue): void {
    if (isDeepStrictEqual(next, this.#catalogue)) return;
    const { settings, createTool, onChange } = this.#options;
    const previous = new Map(
      this.#catalogue.offered.map((offered, index) => [offered.exposed, { offered, definition: this.#tools[index]! }]),
    );
    this.#catalogue = next;
    this.#tools = next.offered.map((offered) => {
      const before = previous.get(offered.exposed);
      return before !== undefined && isDeepStrictEqual(before.offered, offered)
        ? before.definition
        : createTool(offered);
    });
    this.#pendingTools = next.pending.map(({ exposed, pending: { change } }) => {
      const same = this.#pendingTools.find((each) => each.name === exposed);
      const made = pendingTool(settings.key, settings.position ?? 0, exposed, change);
      return same?.description === made.description ? same : made;
    });
    onChange({
      type: 'tools',
      offered: next.offered.length,
      withheld: next.withheld,
      pending: next.pending.map(({ exposed, pending: { change } }) => ({ name: exposed, change })),
    });
  }
}
