import type { FinishedCall } from '../api/answers.ts';
import type { PastCalls } from '../api/api-client.ts';
import { CallSeries } from './call-series.ts';

/** Older calls are removed; no plot shows a longer span. */
export const HISTORY_MS = 3_600_000;
const RECENT_CALLS = 200;

/** The past calls: from the audit log at first and after a gap, from events in between. */
export class CallHistory {
  readonly #byTool = new Map<string, CallSeries>();
  #all = new CallSeries();
  #recent: FinishedCall[] = [];
  #knownSince = Infinity;
  /** Calls that ended since a refill began; the audit log may or may not contain them. */
  #duringRefill: FinishedCall[] | undefined;

  /** Newest first. */
  get recent(): readonly FinishedCall[] {
    return this.#recent;
  }

  get knownSince(): number {
    return this.#knownSince;
  }

  /** The series of one tool, or of all. */
  series(tool: string | undefined): CallSeries {
    return tool === undefined ? this.#all : (this.#byTool.get(tool) ?? new CallSeries());
  }

  add(call: FinishedCall): void {
    this.#duringRefill?.push(call);
    this.#count(call);
    this.#recent = [call, ...this.#recent].slice(0, RECENT_CALLS);
  }

  beginRefill(): void {
    this.#duringRefill = [];
  }

  /** Replaces everything by the entries of the audit log, and the calls that ended during the request. */
  finishRefill({ calls, knownSince }: PastCalls): void {
    const logged = new Map<string, number>();
    for (const call of calls) logged.set(identity(call), (logged.get(identity(call)) ?? 0) + 1);
    const missing = (this.#duringRefill ?? []).filter((call) => {
      const left = logged.get(identity(call)) ?? 0;
      logged.set(identity(call), left - 1);
      return left <= 0;
    });
    this.#duringRefill = undefined;
    this.#byTool.clear();
    this.#all = new CallSeries();
    this.#knownSince = knownSince;
    this.#recent = [...missing.toReversed(), ...calls].slice(0, RECENT_CALLS);
    // Oldest first, as from events.
    for (const call of [...calls.toReversed(), ...missing]) this.#count(call);
  }

  /** Events were missed and the audit log does not respond: the history begins now. */
  failRefill(now: number): void {
    this.#duringRefill = undefined;
    this.#knownSince = now;
  }

  forgetBefore(at: number): void {
    this.#all.forgetBefore(at);
    for (const series of this.#byTool.values()) series.forgetBefore(at);
  }

  #count(call: FinishedCall): void {
    let series = this.#byTool.get(call.tool);
    if (series === undefined) this.#byTool.set(call.tool, (series = new CallSeries()));
    series.add(call);
    this.#all.add(call);
  }
}

/** Callers choose correlation ids, so they may be used more than once. */
function identity({ correlationId, tool, outcome, durationMs }: FinishedCall): string {
  return JSON.stringify([correlationId, tool, outcome, durationMs]);
}
