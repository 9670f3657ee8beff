import { mkdirSync, writeFileSync } from 'node:fs';
import { failureLine, type GateTotals } from './gate-totals.ts';

/** One printed line per check, and counts that are the number of those lines. */
export class Checklist {
  #passed = 0;
  #skipped = 0;
  readonly #failures: string[] = [];

  /** Runs one check; what it throws is the reason of the failure. Resolves to whether it passed. */
  async check(name: string, run: () => void | Promise<void>): Promise<boolean> {
    try {
      await run();
      this.#passed += 1;
      console.log(`ok    ${name}`);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#failures.push(failureLine(name, reason));
      console.log(`FAIL  ${name}\n${reason.replaceAll(/^/gmu, '      ')}`);
      return false;
    }
  }

  /** Counts what this machine cannot check, by name and with the reason. */
  skip(name: string, reason: string): void {
    this.#skipped += 1;
    console.log(`skip  ${name}: ${reason}`);
  }

  /** Prints the sum, leaves it at `file` for scripts/check.ts, and sets the exit code. */
  finish(file: string): void {
    mkdirSync('reports', { recursive: true });
    const totals: GateTotals = {
      passed: this.#passed,
      failed: this.#failures.length,
      skipped: this.#skipped,
      failures: this.#failures,
    };
    writeFileSync(file, JSON.stringify(totals));
    console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
    // A list on which nothing was looked at and nothing was named as skipped has not been gone through.
    process.exitCode = totals.failed === 0 && totals.passed + totals.skipped > 0 ? 0 : 1;
  }
}
