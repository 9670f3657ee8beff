import type { HealthAnswer, HealthWord } from '../../api/answers.ts';
import type { Tone } from '../../state/outcome.ts';

export const healthWords: Readonly<Record<HealthWord, { tone: Tone; text: string }>> = {
  pass: { tone: 'good', text: 'Healthy' },
  warn: { tone: 'warn', text: 'Degraded' },
  fail: { tone: 'bad', text: 'Unhealthy' },
};

/** A healthy server may have checks that are not: of a tool or of its breaker. */
export function healthPill({ status, checks = {} }: HealthAnswer): { readonly tone: Tone; readonly text: string } {
  const failing = Object.values(checks)
    .flat()
    .filter((check) => check.status === 'fail').length;
  if (status !== 'pass' || failing === 0) return healthWords[status];
  return { tone: 'warn', text: `Healthy, ${failing} ${failing === 1 ? 'check fails' : 'checks fail'}` };
}
