/** What an upstream lists, as it was last read: its tools, and where the operator offers them its prompts and resources. */
import type { Clock } from './clock.ts';
import type { Connection } from './connection/connection.ts';
import type { ListKind } from './connection/list-page.ts';
import { UpstreamPrompts } from './contents/upstream-prompts.ts';
import { UpstreamResources } from './contents/upstream-resources.ts';
import type { ResourceWatch } from './contents/resource-watch.ts';
import { upstreamTool, type ToolOwner } from './call/upstream-tool.ts';
import { Offer } from './listing/offer.ts';
import { LIST_TIMEOUT_MS, readList } from './listing/read-list.ts';
import { DEFAULT_TIMEOUT_MS, type UpstreamOptions } from './upstream-options.ts';
import { catalogueReport, pendingPrompt } from './report-of.ts';
import { TrustGate } from './trust/trust-gate.ts';
import { PROMPT_PINNING, TOOL_PINNING } from './trust/pins.ts';
import type { ListedPrompt } from './contents/listed-contents.ts';
import type { ListedTool } from './listing/listed-tool.ts';
import type { PendingKind, UpstreamChange, UpstreamDiff, UpstreamReport } from './upstream-report.ts';

export interface UpstreamListsOptions {
  readonly upstream: ToolOwner;
  readonly settings: UpstreamOptions;
  readonly watch: ResourceWatch;
  readonly clock: Clock;
  readonly onChange: (change: UpstreamChange) => void;
}

type ListsReport = Pick<
  UpstreamReport,
  | 'tools'
  | 'pending'
  | 'withheld'
  | 'excluded'
  | 'trust'
  | 'trustProblem'
  | 'listedAt'
  | 'listProblem'
  | 'prompts'
  | 'resources'
>;

/** How often a list is read that nobody announces changes of. */
export const POLL_MS = 300_000;
/** The shortest time for which a list of the 2026 revision is taken as current. */
const MIN_TTL_MS = 30_000;

export class UpstreamLists {
  readonly offer: Offer;
  readonly prompts: UpstreamPrompts | undefined;
  readonly resources: UpstreamResources | undefined;
  readonly #options: UpstreamListsOptions;
  readonly #trust: TrustGate<ListedTool>;
  readonly #promptTrust: TrustGate<ListedPrompt>;
  #listedAt: number | undefined;
  #problem: string | undefined;
  #bytesRead = 0;

  constructor(options: UpstreamListsOptions) {
    this.#options = options;
    const { upstream, settings, watch, onChange } = options;
    this.#trust = new TrustGate(settings.key, settings.trust, TOOL_PINNING);
    this.#promptTrust = new TrustGate(settings.key, settings.trust, PROMPT_PINNING);
    this.offer = new Offer({
      settings,
      trust: this.#trust,
      onChange,
      createTool: (offered) => upstreamTool({ upstream, options: settings, offered }),
    });
    const { offersPrompts = false, offersResources = false, timeoutMs = DEFAULT_TIMEOUT_MS } = settings;
    if (offersPrompts) {
      const trust = this.#promptTrust;
      const prompts = new UpstreamPrompts({
        upstream,
        timeoutMs,
        trust,
        onChange: () => this.#promptsChanged(prompts),
      });
      this.prompts = prompts;
    }
    if (offersResources) this.resources = new UpstreamResources({ upstream, timeoutMs, watch });
  }

  /** Of the last reading, over all lists. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  report(): ListsReport {
    const { prompts, resources, offer } = this;
    const { mode, problem = this.#promptTrust.problem } = this.#trust;
    const { pending, ...tools } = catalogueReport(offer.catalogue);
    return {
      ...tools,
      pending: [...pending, ...(prompts?.pending ?? []).map(pendingPrompt)],
      withheld: [...offer.catalogue.withheld, ...(prompts?.withheld ?? []), ...(resources?.withheld ?? [])],
      trust: mode,
      ...(problem !== undefined && { trustProblem: problem }),
      ...(this.#listedAt !== undefined && { listedAt: this.#listedAt }),
      ...(this.#problem !== undefined && { listProblem: this.#problem }),
      ...(prompts && { prompts: prompts.offered.length }),
      ...(resources && { resources: resources.resources.length + resources.templates.length }),
    };
  }

  /** Again, after what is approved may have changed. */
  evaluate(): void {
    this.offer.evaluate();
    this.prompts?.evaluate();
  }

  diff(): readonly UpstreamDiff[] {
    return [...this.offer.diff(), ...(this.prompts?.diff() ?? [])];
  }

  /** @throws {PinStoreError} when the approval cannot be kept */
  approve(name: string | undefined, kind: PendingKind | undefined): readonly string[] {
    return [
      ...(kind === 'prompt' ? [] : this.offer.approve(name)),
      ...(kind === 'tool' ? [] : (this.prompts?.approve(name) ?? [])),
    ];
  }

  /** @returns whether it was not known */
  failed(problem: string): boolean {
    const isKnown = problem === this.#problem;
    this.#problem = problem;
    return !isKnown;
  }

  /**
   * Reads every list. One that cannot be read stays as it was, and the others are read all the same. One that does not end as it should
   * is taken as far as it goes, and is a failure as well.
   * @returns when to read again, in milliseconds from now
   * @throws what the reading of the first list that failed threw
   */
  async read(connection: Connection, signal: AbortSignal): Promise<number> {
    const { clock } = this.#options;
    this.#bytesRead = 0;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(LIST_TIMEOUT_MS)]);
    const read = async (list: ListKind, what: string, take: (items: readonly unknown[]) => void): Promise<number> => {
      if (list !== 'tools' && !connection.has(list)) {
        take([]);
        return Infinity;
      }
      const { items, ttlMs, problem } = await readList(
        what,
        (cursor) => connection.listPage(list, cursor, limited),
        (bytes) => {
          this.#bytesRead += bytes;
        },
      );
      take(items);
      if (problem) throw problem;
      return ttlMs ?? 0;
    };
    const readings = [
      read('tools', 'tools', (items) => {
        this.#listedAt = clock.epochMs();
        this.offer.listed(items);
      }),
      ...this.#contents(read),
    ];
    const outcomes = await Promise.allSettled(readings);
    const failure = outcomes.find(({ status }) => status === 'rejected');
    if (failure?.status === 'rejected') throw failure.reason;
    this.#problem = undefined;
    if (connection.announcesChanges || connection.era === '2025') return POLL_MS;
    const ttlMs = Math.min(...outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 0)));
    return Math.min(POLL_MS, Math.max(MIN_TTL_MS, ttlMs));
  }

  #contents(
    read: (list: ListKind, what: string, take: (items: readonly unknown[]) => void) => Promise<number>,
  ): Promise<number>[] {
    const { prompts, resources } = this;
    const { onChange } = this.#options;
    const changed = (isChanged: boolean): void => {
      if (isChanged) onChange({ type: 'resources' });
    };
    return [
      ...(prompts ? [read('prompts', 'prompts', (items) => prompts.listed(items))] : []),
      ...(resources
        ? [
            read('resources', 'resources', (items) => changed(resources.listed(items))),
            read('templates', 'templates', (items) => changed(resources.templatesListed(items))),
          ]
        : []),
    ];
  }

  #promptsChanged({ pending }: UpstreamPrompts): void {
    this.#options.onChange({
      type: 'prompts',
      pending: pending.map(({ exposed, pending: { change } }) => ({ name: exposed, change })),
    });
  }
}
