import type { FinishedCall } from '../api/answers.ts';
import type { PastCalls } from '../api/api-client.ts';
import { CallSeries } from './call-series.ts';

/** Calls further back than this are forgotten; no plot looks further. */
export const HISTORY_MS = 3_600_000;
const RECENT_CALLS = 200;

/** What the page knows of past calls: from the audit trail at first and after a gap, from events in between. */
export class CallHistory {
  readonly #byTool = new Map<string, CallSeries>();
  #all = new CallSeries();
  #recent: FinishedCall[] = [];
  #knownSince = Infinity;
  /** Calls heard of since a refill was begun; the audit trail may or may not hold them. */
  #meanwhile: FinishedCall[] | undefined;

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
    this.#meanwhile?.push(call);
    this.#count(call);
    this.#recent = [call, ...this.#recent].slice(0, RECENT_CALLS);
  }

  beginRefill(): void {
    this.#meanwhile = [];
  }

  /** Replaces everything by what the audit trail told, and what happened while it was asked. */
  finishRefill({ calls, knownSince }: PastCalls): void {
    const told = new Map<string, number>();
    for (const call of calls) told.set(identity(call), (told.get(identity(call)) ?? 0) + 1);
    const news = (this.#meanwhile ?? []).filter((call) => {
      const left = told.get(identity(call)) ?? 0;
      told.set(identity(call), left - 1);
      return left <= 0;
    });
    this.#meanwhile = undefined;
    this.#byTool.clear();
    this.#all = new CallSeries();
    this.#knownSince = knownSince;
    this.#recent = [...news.toReversed(), ...calls].slice(0, RECENT_CALLS);
    for (const call of [...calls, ...news]) this.#count(call);
  }

  /** Events were missed and the audit trail does not answer: what is known begins now. */
  giveUpRefill(now: number): void {
    this.#meanwhile = undefined;
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

/** Correlation ids are the caller's to choose, and may come twice. */
function identity({ correlationId, tool, outcome, durationMs }: FinishedCall): string {
  return JSON.stringify([correlationId, tool, outcome, durationMs]);
}
