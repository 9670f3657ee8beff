/**
 * Adds up what the suites of scripts/check.ts left in reports/, as the last line of a CI run. Every failure of all suites is
 * named before it.
 */
import { readFileSync } from 'node:fs';
import { add, failed, type GateTotals, NOTHING } from './gate-totals.ts';

let sum = NOTHING;
for (const suite of ['test', 'ci']) {
  try {
    sum = add(sum, JSON.parse(readFileSync(`reports/totals-${suite}.json`, 'utf8')) as GateTotals);
  } catch {
    sum = add(sum, failed(`the suite "${suite}" left no totals: it did not run to its end`));
  }
}
for (const failure of sum.failures) console.log(`FAIL  ${failure}`);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 ? 0 : 1;
