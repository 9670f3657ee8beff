import { describe, expect, test } from 'vitest';
import { FlapDamper } from './flap-damper.ts';
import type { HealthStatus } from '../status.ts';

function reported(
  failureThreshold: number,
  successThreshold: number,
  outcomes: readonly HealthStatus[],
): HealthStatus[] {
  const damper = new FlapDamper(failureThreshold, successThreshold);
  return outcomes.map((outcome) => damper.record(outcome));
}

describe('flap damping', () => {
  test('reports the first outcome at once', () => {
    expect(reported(5, 5, ['unhealthy'])).toEqual(['unhealthy']);
  });

  test('reports the best of the last outcomes when they get worse', () => {
    expect(reported(3, 1, ['healthy', 'degraded', 'unhealthy', 'unhealthy', 'unhealthy'])).toEqual([
      'healthy',
      'healthy',
      'healthy',
      'degraded',
      'unhealthy',
    ]);
  });

  test('reports the worst of the last outcomes when they get better', () => {
    expect(reported(1, 2, ['unhealthy', 'degraded', 'healthy', 'healthy'])).toEqual([
      'unhealthy',
      'unhealthy',
      'degraded',
      'healthy',
    ]);
  });

  test('counts from zero when the sequence is interrupted', () => {
    expect(reported(2, 1, ['healthy', 'unhealthy', 'healthy', 'unhealthy', 'unhealthy']).at(3)).toBe('healthy');
  });
});
