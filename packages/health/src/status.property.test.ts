import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FlapDamper } from './monitor/flap-damper.ts';
import { GROUPS, overallStatus, PRIORITIES, severity, STATUSES } from './status.ts';

const status = fc.constantFrom(...STATUSES);
const anyGroup = fc.constantFrom(undefined, ...GROUPS);
const checks = fc.array(fc.record({ priority: fc.constantFrom(...PRIORITIES), status }), {
  minLength: 1,
  maxLength: 12,
});

describe('monotone aggregation', () => {
  test('a worse check never improves the overall status', () => {
    fc.assert(
      fc.property(checks, anyGroup, fc.nat(), status, (before, group, pick, worse) => {
        const changedIndex = pick % before.length;
        const changed = before[changedIndex];
        fc.pre(changed !== undefined && severity(worse) >= severity(changed.status));
        const after = before.map((check, index) => (index === changedIndex ? { ...check, status: worse } : check));
        expect(severity(overallStatus(after, group))).toBeGreaterThanOrEqual(severity(overallStatus(before, group)));
      }),
      { numRuns: 2000 },
    );
  });

  test('an additional check never improves the overall status', () => {
    fc.assert(
      fc.property(checks, checks, anyGroup, (some, more, group) => {
        const [few, all] = [overallStatus(some, group), overallStatus([...some, ...more], group)];
        expect(severity(all)).toBeGreaterThanOrEqual(severity(few));
      }),
    );
  });

  test('does not depend on the order of the checks', () => {
    fc.assert(
      fc.property(checks, anyGroup, fc.infiniteStream(fc.nat()), (given, group, draws) => {
        const shuffled = given.map((check) => ({ check, key: draws.next().value })).sort((a, b) => a.key - b.key);
        expect(
          overallStatus(
            shuffled.map(({ check }) => check),
            group,
          ),
        ).toBe(overallStatus(given, group));
      }),
    );
  });

  test('the overall status is never better than the status of one group', () => {
    fc.assert(
      fc.property(checks, fc.constantFrom(...GROUPS), (given, group) => {
        expect(severity(overallStatus(given))).toBeGreaterThanOrEqual(severity(overallStatus(given, group)));
      }),
    );
  });
});

describe('monotone damping', () => {
  test('a sequence of outcomes that is worse at every step is never reported better', () => {
    const steps = fc.array(fc.tuple(status, status), { minLength: 1, maxLength: 40 });
    const threshold = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(steps, threshold, threshold, (pairs, failures, successes) => {
        const [good, bad] = [new FlapDamper(failures, successes), new FlapDamper(failures, successes)];
        for (const pair of pairs) {
          const [better = 'healthy', worse = 'healthy'] = [...pair].sort((a, b) => severity(a) - severity(b));
          expect(severity(bad.record(worse))).toBeGreaterThanOrEqual(severity(good.record(better)));
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('with thresholds of one every outcome is reported as it is', () => {
    fc.assert(
      fc.property(fc.array(status), (outcomes) => {
        const damper = new FlapDamper(1, 1);
        expect(outcomes.map((outcome) => damper.record(outcome))).toEqual(outcomes);
      }),
    );
  });
});
