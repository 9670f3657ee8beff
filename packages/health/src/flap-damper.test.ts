import { describe, expect, test } from 'vitest';
import { FlapDamper } from './flap-damper.ts';
import type { HealthStatus } from './status.ts';

function reported(
  failureThreshold: number,
  successThreshold: number,
  outcomes: readonly HealthStatus[],
): HealthStatus[] {
  const damper = new FlapDamper(failureThreshold, successThreshold);
  return outcomes.map((outcome) => damper.record(outcome));
}

describe('flap damping', () => {
  test('believes the first outcome at once', () => {
    expect(reported(5, 5, ['unhealthy'])).toEqual(['unhealthy']);
  });

  test('reports what all the outcomes of a worsening run had reached', () => {
    expect(reported(3, 1, ['healthy', 'degraded', 'unhealthy', 'unhealthy', 'unhealthy'])).toEqual([
      'healthy',
      'healthy',
      'healthy',
      'degraded',
      'unhealthy',
    ]);
  });

  test('reports the worst of an improving run', () => {
    expect(reported(1, 2, ['unhealthy', 'degraded', 'healthy', 'healthy'])).toEqual([
      'unhealthy',
      'unhealthy',
      'degraded',
      'healthy',
    ]);
  });

  test('starts to count anew when a run is broken', () => {
    expect(reported(2, 1, ['healthy', 'unhealthy', 'healthy', 'unhealthy', 'unhealthy']).at(3)).toBe('healthy');
  });
});
