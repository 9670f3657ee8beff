import type { ServerEventData } from '../events/server-events.ts';
import type { Logger } from './logger.ts';

type Change = ServerEventData['tool.changed'];

/** Of one kind, in one turn: more are one line with their count. */
const MAX_LINES = 5;

/** Logs changes of tools. A reload changes its tools in one turn, and a line for each of a thousand would hide the rest of the log. */
export class ToolChangeLines implements Disposable {
  readonly #logger: Logger;
  #changes: Change[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(change: Change): void {
    if (this.#changes.length === 0) queueMicrotask(() => this.#write());
    this.#changes.push(change);
  }

  [Symbol.dispose](): void {
    this.#write();
  }

  #write(): void {
    const all = this.#changes;
    this.#changes = [];
    for (const kind of new Set(all.map(({ change }) => change))) {
      const changes = all.filter(({ change }) => change === kind);
      // One line for each tool at every start would hide the rest; a reload that adds tools is logged by its keys.
      const level = kind === 'added' ? 'debug' : 'info';
      if (changes.length <= MAX_LINES) for (const change of changes) this.#logger[level](change, 'tool.changed');
      else this.#logger[level]({ change: kind, count: changes.length, tools: namesOf(changes) }, 'tool.changed');
    }
  }
}

function namesOf(changes: readonly Change[]): readonly string[] {
  return changes.slice(0, MAX_LINES).map(({ tool }) => tool);
}
