import { mkdirSync, writeFileSync } from 'node:fs';

/** One printed line per check, and counts that are the number of those lines. */
export class Checklist {
  #passed = 0;
  #failed = 0;

  /** Runs one check; what it throws is the reason of the failure. Resolves to whether it passed. */
  async check(name: string, run: () => void | Promise<void>): Promise<boolean> {
    try {
      await run();
      this.#passed += 1;
      console.log(`ok    ${name}`);
      return true;
    } catch (error) {
      this.#failed += 1;
      const reason = error instanceof Error ? error.message : String(error);
      console.log(`FAIL  ${name}\n${reason.replaceAll(/^/gmu, '      ')}`);
      return false;
    }
  }

  /** Prints the sum, leaves it at `file` for scripts/check.ts, and sets the exit code. */
  finish(file: string): void {
    mkdirSync('reports', { recursive: true });
    writeFileSync(file, JSON.stringify({ passed: this.#passed, failed: this.#failed, skipped: 0 }));
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    process.exitCode = this.#failed === 0 && this.#passed > 0 ? 0 : 1;
  }
}
