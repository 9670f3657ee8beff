/**
 * Bounds of time and memory that would make a unit test depend on the machine. Each is far above what a quiet machine
 * needs. Run with `node --expose-gc --conditions=@mcp/source benchmarks/bounds/check.ts`.
 */
import { Checklist } from '../../scripts/checklist.ts';
import { circuitBreakerBounds } from './circuit-breaker.ts';
import { metricsBounds } from './metrics.ts';

const checklist = new Checklist();
for (const [name, check] of Object.entries({ ...circuitBreakerBounds, ...metricsBounds })) {
  await checklist.check(name, check);
}
checklist.finish('reports/totals-of-bounds.json');
