/**
 * One MCP server elsewhere whose tools are offered here. Its list is read in the background and served from memory; whatever goes
 * wrong with it concerns its own tools only.
 */
import type { Availability, ToolDefinition } from '@mcp/tool-base';

import { Gate } from './call/gate.ts';
import { systemClock, type Clock } from './clock.ts';
import { ConnectionError } from './connection/connection-error.ts';
import { Connector } from './connection/connector.ts';
import { Instances } from './connection/instances.ts';
import { Link } from './connection/link.ts';
import { RestartPace } from './connection/restart-pace.ts';
import { exposedUri } from './contents/exposed-uri.ts';
import { ResourceWatch } from './contents/resource-watch.ts';
import type { UpstreamPrompts } from './contents/upstream-prompts.ts';
import type { UpstreamResources } from './contents/upstream-resources.ts';
import { Refresher } from './listing/refresher.ts';
import { connectionReport, placeOf } from './report-of.ts';
import type { UpstreamOptions } from './upstream-options.ts';
import { POLL_MS, UpstreamLists } from './upstream-lists.ts';
import { newStatistics, type UpstreamStatistics } from './upstream-statistics.ts';
import { problemOf, UpstreamCondition } from './upstream-condition.ts';
import type { PendingKind, UpstreamChange, UpstreamDiff, UpstreamReport } from './upstream-report.ts';

export class Upstream implements AsyncDisposable {
  readonly key: string;
  readonly gate: Gate;
  readonly instances: Instances;
  readonly statistics: UpstreamStatistics = newStatistics();
  readonly #options: UpstreamOptions;
  readonly #onChange: (change: UpstreamChange) => void;
  readonly clock: Clock;
  readonly #connector: Connector;
  readonly #pace: RestartPace | undefined;
  readonly #lists: UpstreamLists;
  readonly #watch: ResourceWatch;
  readonly #refresher: Refresher;
  readonly #condition: UpstreamCondition;
  /** Whether it is there only while calls need it. */
  readonly #isLazy: boolean;
  readonly #stopping = new AbortController();

  /** Connects to nothing until {@link start} or the first call. */
  constructor(options: UpstreamOptions, onChange: (change: UpstreamChange) => void = () => {}) {
    const { key, stdio, clock = systemClock } = options;
    this.key = key;
    this.#options = options;
    this.#onChange = onChange;
    this.#condition = new UpstreamCondition(onChange);
    this.clock = clock;
    this.#isLazy = stdio !== undefined && stdio.start !== 'eager';
    this.gate = new Gate(options, clock);
    this.#watch = new ResourceWatch({ instances: () => this.instances, signal: this.#stopping.signal });
    this.#lists = new UpstreamLists({ upstream: this, settings: options, watch: this.#watch, clock, onChange });
    this.#refresher = new Refresher({ clock, refresh: () => this.#refresh(), bytesRead: () => this.#lists.bytesRead });
    this.#connector = new Connector({
      settings: options,
      clock,
      follows: {
        prompts: options.offersPrompts === true,
        resources: options.offersResources === true,
        resourceUris: () => this.#watch.uris,
        onListChanged: () => this.#refresher.request(),
        onResourceUpdated: (uri) => {
          if (this.#watch.has(uri)) onChange({ type: 'resource_updated', uri: exposedUri(key, uri) });
        },
      },
      programEvents: {
        onErrorLine: (line) => onChange({ type: 'error_line', line }),
        onNoise: () => {
          this.statistics.otherLines += 1;
        },
      },
    });
    this.#pace = stdio && new RestartPace(stdio.restart ?? {}, clock);
    this.instances = new Instances({
      settings: options,
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
      await this.#read(lease.link);
    } catch (error) {
      throw new Error(problemOf(this.key, error), { cause: error });
    }
  }

  /** What is offered now, sorted by name. A tool that did not change is the same object as before. */
  get tools(): readonly ToolDefinition[] {
    return this.#lists.offer.tools;
  }

  /** What stands for tools that wait for approval: each rejects its calls and says why. */
  get pendingTools(): readonly ToolDefinition[] {
    return this.#lists.offer.pendingTools;
  }

  /** Undefined unless they are offered, as are the resources. */
  get prompts(): UpstreamPrompts | undefined {
    return this.#lists.prompts;
  }

  get resources(): UpstreamResources | undefined {
    return this.#lists.resources;
  }

  /** The address that clients use for a resource. */
  readonly exposeUri = (uri: string): string =>
    this.#options.offersResources === true ? exposedUri(this.key, uri) : uri;

  /** Reads again what is approved, after another process may have changed it. */
  recheckTrust(): void {
    this.#lists.evaluate();
  }

  /** Tools and prompts that wait for approval, with their texts before and after. */
  diff(): readonly UpstreamDiff[] {
    return this.#lists.diff();
  }

  /**
   * Approves tools and prompts as they are now, by the names that clients use; without a name all that wait.
   * @returns the names that were approved
   * @throws {PinStoreError} when the approval cannot be kept
   */
  approve(name?: string, kind?: PendingKind): readonly string[] {
    return this.#lists.approve(name, kind);
  }

  get era(): string | undefined {
    return this.#condition.era;
  }

  available(): Availability {
    return this.#condition.available(this.key, this.gate.report().circuitBreaker);
  }

  report(): UpstreamReport {
    return {
      key: this.key,
      ...placeOf(this.#options),
      ...this.#condition.report(),
      ...connectionReport(this.instances.open),
      ...this.#lists.report(),
      ...this.statistics,
      ...this.gate.report(),
    };
  }

  /** Ends every connection or program, with the calls that run over it. The next starts at once, or with the next call. */
  restart(): void {
    this.instances.restart();
    this.#refresher.request();
  }

  /** Takes no more calls, lets those that run finish, up to ten minutes, and ends. */
  async retire(): Promise<void> {
    this.#stop();
    await this.instances.unused();
    await this.instances[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.instances[Symbol.asyncDispose]();
  }

  #stop(): void {
    this.#stopping.abort(new DOMException('the upstream was removed', 'AbortError'));
    this.#refresher[Symbol.dispose]();
    this.#watch[Symbol.dispose]();
    this.instances.close();
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
      onOpened: (connection) => {
        this.statistics.connectionsOpened += 1;
        this.#watch.opened(connection);
        const isFirst = this.#condition.state !== 'ready';
        this.#condition.connected(connection.era);
        // What was announced while nobody listened.
        if (isFirst && this.#isLazy && this.#lists.offer.isListed) this.#refresher.request();
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
        if (!this.#isLazy || this.#watch.isUsed) this.#refresher.request();
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
    if (link.current === undefined && this.#lists.offer.isListed) {
      if (this.#isLazy && !this.#watch.isUsed) return POLL_MS;
      if (this.#pace?.isForCallsOnly === true) return Infinity;
    }
    try {
      return await this.#read(link);
    } catch (error) {
      if (error instanceof ConnectionError && error.kind === 'session_lost' && link.current !== undefined) {
        link.lose(link.current, error.message);
      }
      const problem = problemOf(this.key, error);
      // Reported once, and not at all where the failure of the connection was reported.
      const isKnown = !this.#lists.failed(problem) || this.#condition.state === 'failed';
      if (!isKnown && !this.#stopping.signal.aborted) this.#onChange({ type: 'list_failed', problem });
      throw error;
    }
  }

  async #read(link: Link): Promise<number> {
    const { signal } = this.#stopping;
    return this.#lists.read(await link.get(signal), signal);
  }
}
