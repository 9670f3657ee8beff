/**
 * One MCP server elsewhere whose tools are offered here. Its list is read in the background and served from memory; whatever goes
 * wrong with it concerns its own tools only.
 */
import type { Availability, ToolDefinition } from '@mcp/tool-base';

import { Gate } from './call/gate.ts';
import { upstreamTool } from './call/upstream-tool.ts';
import { systemClock, type Clock } from './clock.ts';
import { ConnectionError } from './connection/connection-error.ts';
import { Connector } from './connection/connector.ts';
import { Instances } from './connection/instances.ts';
import { Link } from './connection/link.ts';
import { RestartPace } from './connection/restart-pace.ts';
import { Offer } from './listing/offer.ts';
import { LIST_TIMEOUT_MS, readList } from './listing/read-list.ts';
import { Refresher } from './listing/refresher.ts';
import { catalogueReport, connectionReport, placeOf } from './report-of.ts';
import { TrustGate } from './trust/trust-gate.ts';
import {
  DEFAULT_IDLE_STOP_MS,
  DEFAULT_MAX_INSTANCES,
  DEFAULT_START_TIMEOUT_MS,
  type UpstreamOptions,
} from './upstream-options.ts';
import type { UpstreamStatistics } from './upstream-statistics.ts';
import { problemOf, UpstreamCondition } from './upstream-condition.ts';
import type { UpstreamChange, UpstreamDiff, UpstreamReport } from './upstream-report.ts';

/** How often a list is read that nobody announces changes of. */
const POLL_MS = 300_000;
/** The shortest time for which a list of the 2026 revision is taken as current. */
const MIN_TTL_MS = 30_000;
/** A program that failed so often is started again only for a call. */
const MAX_FAILURES = 10;

export class Upstream implements AsyncDisposable {
  readonly key: string;
  readonly gate: Gate;
  readonly instances: Instances;
  readonly statistics: UpstreamStatistics = { connectionsOpened: 0, connectionFailures: 0, requests: 0, requestMs: 0 };
  readonly #options: UpstreamOptions;
  readonly #onChange: (change: UpstreamChange) => void;
  readonly clock: Clock;
  readonly #connector: Connector;
  readonly #pace: RestartPace | undefined;
  readonly #offer: Offer;
  readonly #trust: TrustGate;
  readonly #refresher: Refresher;
  readonly #condition: UpstreamCondition;
  /** Whether it is there only while calls need it. */
  readonly #isLazy: boolean;
  readonly #stopping = new AbortController();
  #listProblem: string | undefined;
  #listedAt: number | undefined;
  #otherLines = 0;

  /** Connects to nothing until {@link start} or the first call. */
  constructor(options: UpstreamOptions, onChange: (change: UpstreamChange) => void = () => {}) {
    const { key, stdio, protocol = 'auto', isolation = 'auto', clock = systemClock } = options;
    this.key = key;
    this.#options = options;
    this.#onChange = onChange;
    this.#condition = new UpstreamCondition(onChange);
    this.clock = clock;
    this.#isLazy = stdio !== undefined && stdio.start !== 'eager';
    this.gate = new Gate(options, clock);
    this.#trust = new TrustGate(key, options.trust);
    this.#offer = new Offer({
      settings: options,
      trust: this.#trust,
      onChange,
      createTool: (offered) => upstreamTool({ upstream: this, options, offered }),
    });
    this.#refresher = new Refresher({ clock, refresh: () => this.#refresh() });
    this.#connector = new Connector({
      endpoint: options,
      protocol,
      client: options.client ?? { name: '@mcp/upstreams', version: '0.1.0' },
      timeoutMs: options.startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS,
      clock,
      onToolsChanged: () => this.#refresher.request(),
      programEvents: {
        onErrorLine: (line) => onChange({ type: 'error_line', line }),
        onNoise: () => {
          this.#otherLines += 1;
        },
      },
    });
    this.#pace = stdio && new RestartPace(stdio.restart ?? {}, clock);
    this.instances = new Instances({
      key,
      isolation,
      maxInstances: options.maxInstances ?? DEFAULT_MAX_INSTANCES,
      idleStopMs: options.idleStopMs ?? DEFAULT_IDLE_STOP_MS,
      keepsFirst: !this.#isLazy,
      clock,
      createLink: () => this.#createLink(),
    });
  }

  /** Reads the list of tools now, in the background, and again when it changes. */
  start(): void {
    this.#refresher.request();
  }

  /**
   * Reads the list of tools once, now, for whoever has to wait for it.
   * @throws {Error} whose message is for the operator
   */
  async readTools(): Promise<void> {
    using lease = this.instances.first();
    try {
      await this.#readTools(lease.link);
    } catch (error) {
      throw new Error(problemOf(this.key, error), { cause: error });
    }
  }

  /** What is offered now, sorted by name. A tool that did not change is the same object as before. */
  get tools(): readonly ToolDefinition[] {
    return this.#offer.tools;
  }

  /** What stands for tools that wait for approval: each rejects its calls and says why. */
  get pendingTools(): readonly ToolDefinition[] {
    return this.#offer.pendingTools;
  }

  /** Reads again what is approved, after another process may have changed it. */
  recheckTrust(): void {
    this.#offer.evaluate();
  }

  /** Tools that wait for approval, with their texts before and after. */
  diff(): readonly UpstreamDiff[] {
    return this.#offer.diff();
  }

  /**
   * Approves tools as they are now, by the names that clients call; without a name all that wait.
   * @returns the names that were approved
   * @throws {PinStoreError} when the approval cannot be kept
   */
  approve(name?: string): readonly string[] {
    return this.#offer.approve(name);
  }

  available(): Availability {
    return this.#condition.available(this.key, this.gate.tool.info().circuitBreaker.state);
  }

  report(): UpstreamReport {
    const { running, queued } = this.gate.tool;
    return {
      key: this.key,
      ...placeOf(this.#options),
      ...this.#condition.report(),
      ...connectionReport(this.instances.open),
      ...(this.#listedAt !== undefined && { listedAt: this.#listedAt }),
      ...(this.#listProblem !== undefined && { listProblem: this.#listProblem }),
      ...catalogueReport(this.#offer.catalogue),
      trust: this.#trust.mode,
      ...(this.#trust.problem !== undefined && { trustProblem: this.#trust.problem }),
      otherLines: this.#otherLines,
      ...this.statistics,
      running,
      queued,
      circuitBreaker: this.gate.tool.info().circuitBreaker.state,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new DOMException('the upstream was removed', 'AbortError'));
    this.#refresher[Symbol.dispose]();
    await this.instances[Symbol.asyncDispose]();
    this.#condition.moveTo('stopped');
  }

  #createLink(): Link {
    return new Link({
      pace: this.#pace,
      open: (onClosed, signal) => {
        // While it fails again and again, it has failed.
        if (this.#condition.state === 'idle') this.#condition.moveTo('starting');
        return this.#connector.open(onClosed, signal);
      },
      onOpened: () => {
        this.statistics.connectionsOpened += 1;
        const isFirst = this.#condition.state !== 'ready';
        this.#condition.moveTo('ready');
        // What was announced while nobody listened.
        if (isFirst && this.#isLazy && this.#offer.isListed) this.#refresher.request();
      },
      onOpenFailed: (error) => {
        this.statistics.connectionFailures += 1;
        if (this.#stopping.signal.aborted || this.instances.open.length > 0) return;
        this.#condition.moveTo('failed', problemOf(this.key, error));
      },
      onLost: (reason) => {
        this.statistics.connectionFailures += 1;
        if (this.instances.open.length > 0) return;
        this.#condition.moveTo('idle', reason);
        if (!this.#isLazy) this.#refresher.request();
      },
      onClosed: () => {
        if (this.instances.open.length === 0 && this.#condition.state === 'ready') this.#condition.moveTo('idle');
      },
    });
  }

  /** @returns when to read again, in milliseconds from now */
  async #refresh(): Promise<number> {
    using lease = this.instances.first();
    const { link } = lease;
    if (link.current === undefined && this.#offer.isListed) {
      if (this.#isLazy) return POLL_MS;
      if ((this.#pace?.failures ?? 0) >= MAX_FAILURES) return Infinity;
    }
    try {
      return await this.#readTools(link);
    } catch (error) {
      if (error instanceof ConnectionError && error.kind === 'session_lost' && link.current !== undefined) {
        link.lose(link.current, error.message);
      }
      this.#listFailed(problemOf(this.key, error));
      throw error;
    }
  }

  /** Reported once, and not at all where the failure of the connection was reported. */
  #listFailed(problem: string): void {
    const isKnown =
      problem === this.#listProblem || this.#condition.state === 'failed' || this.#stopping.signal.aborted;
    this.#listProblem = problem;
    if (!isKnown) this.#onChange({ type: 'list_failed', problem });
  }

  async #readTools(link: Link): Promise<number> {
    const { signal } = this.#stopping;
    const connection = await link.get(signal);
    const limited = AbortSignal.any([signal, AbortSignal.timeout(LIST_TIMEOUT_MS)]);
    const { tools, ttlMs } = await readList((cursor) => connection.listPage(cursor, limited));
    this.#listProblem = undefined;
    this.#listedAt = this.clock.epochMs();
    this.#offer.listed(tools);
    if (connection.announcesChanges || connection.era === '2025') return POLL_MS;
    return Math.min(POLL_MS, Math.max(MIN_TTL_MS, ttlMs ?? 0));
  }
}
