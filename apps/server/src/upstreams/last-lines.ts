/** The last lines that the program of an upstream wrote to stderr: there it usually says why it ended. */
const MAX_LINES = 5;
const MAX_LENGTH = 1000;

export class LastLines {
  readonly #lines: string[] = [];

  add(line: string): void {
    if (line.trim() === '') return;
    this.#lines.push(line.slice(0, MAX_LENGTH));
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }

  /** Oldest first; they are forgotten. */
  take(): readonly string[] {
    return this.#lines.splice(0);
  }
}
