/** Adds up what the suites of scripts/check.ts left in reports/, as the last line of a CI run. */
import { readFileSync } from 'node:fs';

const sum = { passed: 0, failed: 0, skipped: 0 };
for (const suite of ['test', 'ci']) {
  try {
    const totals = JSON.parse(readFileSync(`reports/totals-${suite}.json`, 'utf8')) as typeof sum;
    sum.passed += totals.passed;
    sum.failed += totals.failed;
    sum.skipped += totals.skipped;
  } catch {
    console.error(`the suite "${suite}" left no totals: it did not run to its end`);
    sum.failed += 1;
  }
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 ? 0 : 1;
