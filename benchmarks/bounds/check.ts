/**
 * Bounds of time and memory that would make a unit test depend on the machine. Each is far above what a quiet machine
 * needs. Run with `node --expose-gc --conditions=@mcp/source benchmarks/bounds/check.ts`.
 */
import { chromiumProgram } from '../../e2e/harness/dashboard-page.ts';
import { Checklist } from '../../scripts/checklist.ts';
import { circuitBreakerBounds } from './circuit-breaker.ts';
import { dashboardBounds } from './dashboard.ts';
import { metricsBounds } from './metrics.ts';

const checklist = new Checklist();
for (const [name, check] of Object.entries({ ...circuitBreakerBounds, ...metricsBounds })) {
  await checklist.check(name, check);
}
for (const [name, check] of Object.entries(dashboardBounds)) {
  if (chromiumProgram === undefined) checklist.skip(name, 'there is no Chromium here');
  else await checklist.check(name, check);
}
checklist.finish('reports/totals-of-bounds.json');
