/**
 * Calls that wait for an operator (`confirm: operator`). The call itself does not wait: its caller repeats it. An approval counts once, for
 * the same tool, arguments and caller, and until it expires; what nobody has decided until then is a no. Kept in memory: after a restart
 * the caller asks again.
 */
import { randomBytes } from 'node:crypto';

import type { Approval, AskForApproval, Tool } from '@mcp/tool-base';

import type { Clock } from '../../foundation/clock.ts';
import type { EventBus } from '../../observability/events/event-bus.ts';
import { callFingerprint, shownArguments } from './call-fingerprint.ts';

const MAX_OPEN = 1000;
/** One caller must not fill the list for all others. */
const MAX_OF_CALLER = 20;

export interface ApprovalsOptions {
  readonly events: EventBus;
  readonly clock: Clock;
  /** How long a call waits for a decision, and an approval for its call. */
  readonly timeoutMs: () => number;
  /** Where operators decide. */
  readonly link: (id: string) => string;
}

/** As operators see it; times in milliseconds since the epoch. */
export interface ApprovalReport {
  readonly id: string;
  readonly tool: string;
  readonly caller: string;
  /** JSON, shortened. */
  readonly arguments: string;
  readonly state: 'waiting' | 'allowed' | 'denied';
  readonly requestedAt: number;
  readonly expiresAt: number;
  /** The principal that decided. */
  readonly decidedBy: string | null;
}

/** `own`: the caller cannot decide about its own call. */
export type Decided =
  | { readonly result: 'decided'; readonly report: ApprovalReport }
  | { readonly result: 'unknown' | 'own' | 'late' };

interface Entry {
  report: ApprovalReport;
  /** The tool as it was when the approval was asked for; another one needs another approval. */
  readonly tool: Tool;
  readonly fingerprint: string;
  expiry: Disposable;
}

export class Approvals implements Disposable {
  readonly #options: ApprovalsOptions;
  readonly #byId = new Map<string, Entry>();
  readonly #byFingerprint = new Map<string, Entry>();

  constructor(options: ApprovalsOptions) {
    this.#options = options;
  }

  /**
   * What is known of this call; asks for its approval where nothing is.
   * @param onUsed gets the principal that approved, when the answer is `allowed`
   */
  ask(tool: Tool, values: unknown, caller: string, onUsed: (by: string) => void): Approval {
    const fingerprint = callFingerprint(tool.name, values, caller);
    const known = this.#byFingerprint.get(fingerprint);
    if (known !== undefined && known.tool !== tool) this.#remove(known);
    const entry = known?.tool === tool ? known : this.#open(tool, values, caller, fingerprint);
    if (entry === undefined) return { state: 'full' };
    const { id, state, expiresAt, decidedBy } = entry.report;
    if (state === 'denied') return { state };
    if (state === 'waiting') return { state, id, link: this.#options.link(id), expiresAtMs: expiresAt };
    this.#remove(entry);
    onUsed(decidedBy ?? '');
    return { state };
  }

  /** Oldest first. */
  list(): readonly ApprovalReport[] {
    return [...this.#byId.values()].map(({ report }) => report);
  }

  /** Calls that nobody has decided about. */
  get waiting(): number {
    return this.list().filter(({ state }) => state === 'waiting').length;
  }

  decide(id: string, allowed: boolean, by: string): Decided {
    const entry = this.#byId.get(id);
    if (entry === undefined) return { result: 'unknown' };
    if (entry.report.caller === by) return { result: 'own' };
    if (entry.report.state !== 'waiting') return { result: 'late' };
    entry.report = {
      ...entry.report,
      state: allowed ? 'allowed' : 'denied',
      decidedBy: by,
      expiresAt: this.#expiresAt(),
    };
    this.#expireLater(entry);
    this.#publish(entry.report, allowed ? 'allowed' : 'denied');
    return { result: 'decided', report: entry.report };
  }

  [Symbol.dispose](): void {
    for (const entry of this.#byId.values()) this.#remove(entry);
  }

  #open(tool: Tool, values: unknown, caller: string, fingerprint: string): Entry | undefined {
    const ofCaller = this.list().filter((report) => report.caller === caller).length;
    if (this.#byId.size >= MAX_OPEN || ofCaller >= MAX_OF_CALLER) return undefined;
    const id = randomBytes(9).toString('base64url');
    const requestedAt = this.#options.clock.epochMs();
    const report: ApprovalReport = {
      id,
      tool: tool.name,
      caller,
      arguments: shownArguments(values),
      state: 'waiting',
      requestedAt,
      expiresAt: this.#expiresAt(),
      decidedBy: null,
    };
    const entry: Entry = { report, tool, fingerprint, expiry: NOTHING };
    this.#byId.set(id, entry);
    this.#byFingerprint.set(fingerprint, entry);
    this.#expireLater(entry);
    const { expiresAt } = report;
    this.#options.events.publish('approval.requested', { approvalId: id, tool: tool.name, caller, expiresAt });
    return entry;
  }

  #expiresAt(): number {
    return this.#options.clock.epochMs() + this.#options.timeoutMs();
  }

  #expireLater(entry: Entry): void {
    entry.expiry[Symbol.dispose]();
    entry.expiry = this.#options.clock.setTimer(this.#options.timeoutMs(), () => {
      this.#remove(entry);
      if (entry.report.state !== 'denied') this.#publish(entry.report, 'expired');
    });
  }

  #publish({ id, tool, caller, decidedBy }: ApprovalReport, decision: 'allowed' | 'denied' | 'expired'): void {
    this.#options.events.publish('approval.decided', { approvalId: id, tool, caller, decision, by: decidedBy });
  }

  #remove(entry: Entry): void {
    entry.expiry[Symbol.dispose]();
    this.#byId.delete(entry.report.id);
    this.#byFingerprint.delete(entry.fingerprint);
  }
}

/** Approvals as one call asks for them; undefined where nobody can be asked. */
export function askFor(
  approvals: Pick<Approvals, 'ask'> | undefined,
  caller: string,
  onUsed: ((by: string) => void) | undefined,
): AskForApproval | undefined {
  return approvals && onUsed && ((tool, values) => approvals.ask(tool, values, caller, onUsed));
}

const NOTHING: Disposable = { [Symbol.dispose]: () => undefined };
