/**
 * One MCP server elsewhere whose tools are offered here. Its list is read in the background and served from memory; whatever goes
 * wrong with it concerns its own tools only.
 */
import { isDeepStrictEqual } from 'node:util';

import { sanitizeText, type Availability, type ToolDefinition } from '@mcp/tool-base';

import { callFailure } from './call/call-failure.ts';
import { Gate } from './call/gate.ts';
import { pendingTool } from './call/pending-tool.ts';
import { upstreamTool } from './call/upstream-tool.ts';
import { systemClock, type Clock } from './clock.ts';
import { Connection } from './connection/connection.ts';
import { ConnectionError } from './connection/connection-error.ts';
import { Link } from './connection/link.ts';
import { HttpTransport } from './http/http-transport.ts';
import { catalogueOf, type Catalogue } from './listing/catalogue.ts';
import { ListError, readList } from './listing/read-list.ts';
import { Refresher } from './listing/refresher.ts';
import { TrustGate } from './trust/trust-gate.ts';
import { DEFAULT_START_TIMEOUT_MS, type UpstreamOptions } from './upstream-options.ts';
import type { UpstreamChange, UpstreamDiff, UpstreamReport, UpstreamState } from './upstream-report.ts';

const NOTHING_LISTED: Catalogue = { offered: [], pending: [], withheld: [], excluded: [] };
/** How often a list is read that nobody announces changes of. */
const POLL_MS = 300_000;
/** The shortest time for which a list of the 2026 revision is taken as current. */
const MIN_TTL_MS = 30_000;
const LIST_TIMEOUT_MS = 30_000;
const MAX_SERVER_TEXT = 128;

export class Upstream implements AsyncDisposable {
  readonly key: string;
  readonly gate: Gate;
  readonly link: Link;
  readonly #options: UpstreamOptions;
  readonly #onChange: (change: UpstreamChange) => void;
  readonly #clock: Clock;
  readonly #refresher: Refresher;
  readonly #stopping = new AbortController();
  #state: UpstreamState = 'idle';
  #problem: string | undefined;
  #listProblem: string | undefined;
  #listedAt: number | undefined;
  #catalogue = NOTHING_LISTED;
  #tools: readonly ToolDefinition[] = [];
  #pendingTools: readonly ToolDefinition[] = [];
  #rawTools: readonly unknown[] | undefined;
  readonly #trust: TrustGate;

  /** Connects to nothing until {@link start} or the first call. */
  constructor(options: UpstreamOptions, onChange: (change: UpstreamChange) => void = () => {}) {
    this.key = options.key;
    this.#options = options;
    this.#onChange = onChange;
    this.#clock = options.clock ?? systemClock;
    this.gate = new Gate(options, this.#clock);
    this.#trust = new TrustGate(options.key, options.trust);
    this.#refresher = new Refresher({ clock: this.#clock, refresh: () => this.#refresh() });
    this.link = new Link({
      open: () => this.#connect(),
      onOpened: () => this.#moveTo('ready'),
      onOpenFailed: (error) => this.#moveTo('failed', operatorText(this.key, error)),
      onLost: () => {
        this.#moveTo('idle');
        this.#refresher.request();
      },
    });
  }

  /** Reads the list of tools now, in the background, and again when it changes. */
  start(): void {
    this.#refresher.request();
  }

  /** What is offered now, sorted by name. A tool that did not change is the same object as before. */
  get tools(): readonly ToolDefinition[] {
    return this.#tools;
  }

  /** What stands for tools that wait for approval: each rejects its calls and says why. */
  get pendingTools(): readonly ToolDefinition[] {
    return this.#pendingTools;
  }

  /** Reads again what is approved, after another process may have changed it. */
  recheckTrust(): void {
    this.#evaluate();
  }

  /** Tools that wait for approval, with their texts before and after. */
  diff(): readonly UpstreamDiff[] {
    return this.#catalogue.pending.map(({ exposed, pending: { tool, change, before, after } }) => ({
      name: exposed,
      upstreamName: tool.name,
      change,
      before: before ?? null,
      after,
    }));
  }

  /**
   * Approves tools as they are now, by the names that clients call; without a name all that wait.
   * @returns the names that were approved
   * @throws {PinStoreError} when the approval cannot be kept
   */
  approve(name?: string): readonly string[] {
    const chosen = this.#catalogue.pending.filter(({ exposed }) => name === undefined || exposed === name);
    if (chosen.length === 0) return [];
    this.#trust.approve(chosen.map(({ pending }) => pending));
    this.#evaluate();
    return chosen.map(({ exposed }) => exposed);
  }

  available(): Availability {
    if (this.#state === 'stopped') return { ok: false, reason: `the upstream ${this.key} is no longer used` };
    const { state } = this.gate.tool.info().circuitBreaker;
    if (state === 'open') return { ok: false, reason: `the circuit breaker of the upstream ${this.key} is open` };
    if (this.#state !== 'failed') return { ok: true };
    return { ok: false, reason: this.#problem ?? 'the upstream cannot be reached' };
  }

  report(): UpstreamReport {
    const { current } = this.link;
    const { server, protocolVersion } = current ?? {};
    const { running, queued } = this.gate.tool;
    const url = new URL(this.#options.http.url);
    return {
      key: this.key,
      kind: 'http',
      address: `${url.origin}${url.pathname}`,
      state: this.#state,
      ...(this.#problem !== undefined && { problem: this.#problem }),
      ...(current !== undefined && { protocol: { era: current.era, version: protocolVersion ?? '' } }),
      ...(server && { server: { name: shortText(server.name), version: shortText(server.version) } }),
      ...(this.#listedAt !== undefined && { listedAt: this.#listedAt }),
      ...(this.#listProblem !== undefined && { listProblem: this.#listProblem }),
      tools: this.#catalogue.offered.map(({ exposed, tool }) => ({
        name: exposed,
        upstreamName: tool.name,
        notes: tool.notes,
      })),
      trust: this.#trust.mode,
      ...(this.#trust.problem !== undefined && { trustProblem: this.#trust.problem }),
      pending: this.#catalogue.pending.map(({ exposed, pending: { tool, change } }) => ({
        name: exposed,
        upstreamName: tool.name,
        change,
      })),
      withheld: this.#catalogue.withheld,
      excluded: this.#catalogue.excluded,
      connections: current === undefined ? 0 : 1,
      running,
      queued,
      circuitBreaker: this.gate.tool.info().circuitBreaker.state,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new DOMException('the upstream was removed', 'AbortError'));
    this.#refresher[Symbol.dispose]();
    await this.link[Symbol.asyncDispose]();
    this.#moveTo('stopped');
  }

  async #connect(): Promise<Connection> {
    const { http, protocol = 'auto', client = { name: '@mcp/upstreams', version: '0.1.0' } } = this.#options;
    this.#moveTo('starting');
    return Connection.open({
      transport: new HttpTransport(http, this.#clock),
      protocol,
      client,
      timeoutMs: this.#options.startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS,
      onToolsChanged: () => this.#refresher.request(),
      onClosed: () => {},
    });
  }

  /** @returns when to read again, in milliseconds from now */
  async #refresh(): Promise<number> {
    try {
      return await this.#readTools();
    } catch (error) {
      if (error instanceof ConnectionError && error.kind === 'session_lost' && this.link.current !== undefined) {
        this.link.lose(this.link.current, error.message);
      }
      this.#listProblem = error instanceof ListError ? error.message : operatorText(this.key, error);
      if (!this.#stopping.signal.aborted) this.#onChange({ type: 'list_failed', problem: this.#listProblem });
      throw error;
    }
  }

  async #readTools(): Promise<number> {
    const { signal } = this.#stopping;
    const connection = await this.link.get(signal);
    const limited = AbortSignal.any([signal, AbortSignal.timeout(LIST_TIMEOUT_MS)]);
    const { tools, ttlMs } = await readList((cursor) => connection.listPage(cursor, limited));
    this.#listProblem = undefined;
    this.#listedAt = this.#clock.epochMs();
    this.#rawTools = tools;
    this.#evaluate();
    if (connection.announcesChanges || connection.era === '2025') return POLL_MS;
    return Math.min(POLL_MS, Math.max(MIN_TTL_MS, ttlMs ?? 0));
  }

  #evaluate(): void {
    if (this.#rawTools === undefined) return;
    const { tools: choice = {} } = this.#options;
    const before = this.#trust.problem;
    const next = catalogueOf(this.#rawTools, { key: this.key, choice, decide: this.#trust.decide });
    const { problem } = this.#trust;
    if (problem !== undefined && problem !== before) this.#onChange({ type: 'trust_failed', problem });
    this.#publish(next);
  }

  #publish(next: Catalogue): void {
    const previous = new Map(
      this.#catalogue.offered.map((offered, index) => [offered.exposed, { offered, definition: this.#tools[index]! }]),
    );
    const isSame = isDeepStrictEqual(next, this.#catalogue);
    this.#catalogue = next;
    if (isSame) return;
    this.#tools = next.offered.map((offered) => {
      const before = previous.get(offered.exposed);
      if (before !== undefined && isDeepStrictEqual(before.offered, offered)) return before.definition;
      return upstreamTool({ upstream: this, options: this.#options, offered });
    });
    this.#pendingTools = next.pending.map(({ exposed, pending: { change } }) => {
      const same = this.#pendingTools.find((each) => each.name === exposed);
      const made = pendingTool(this.key, this.#options.position ?? 0, exposed, change);
      return same?.description === made.description ? same : made;
    });
    this.#onChange({
      type: 'tools',
      offered: next.offered.length,
      withheld: next.withheld,
      pending: next.pending.map(({ exposed, pending: { change } }) => ({ name: exposed, change })),
    });
  }

  #moveTo(to: UpstreamState, problem?: string): void {
    const from = this.#state;
    this.#problem = problem;
    if (from === to || from === 'stopped') return;
    this.#state = to;
    this.#onChange({ type: 'state', from, to, ...(problem !== undefined && { problem }) });
  }
}

/** A failure in words for the operator. */
function operatorText(key: string, thrown: unknown): string {
  if (thrown instanceof ConnectionError) return thrown.message;
  const { error } = callFailure(key, thrown);
  return error.cause instanceof ConnectionError ? error.cause.message : error.message;
}

function shortText(text: unknown): string {
  return sanitizeText(String(text)).text.slice(0, MAX_SERVER_TEXT);
}
