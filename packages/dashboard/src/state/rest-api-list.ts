import type { ConditionAnswer, OperationAnswer, RestApiAnswer } from '../api/answers.ts';
import { clockTime } from '../text/format.ts';
import type { Tone } from './outcome.ts';

const TONES: Readonly<Record<ConditionAnswer['status'], Tone>> = {
  healthy: 'good',
  degraded: 'warn',
  unhealthy: 'bad',
};

export function conditionTone({ status }: ConditionAnswer): Tone {
  return TONES[status];
}

/** How many are unhealthy and how many operations are withheld, in words. */
export function restApiSummary(apis: readonly RestApiAnswer[]): string {
  const unhealthy = apis.filter(({ condition }) => condition.status === 'unhealthy').length;
  const withheld = apis.reduce((sum, { operations }) => sum + operations.withheld, 0);
  return [
    ...(unhealthy > 0 ? [`${unhealthy} unhealthy`] : []),
    ...(withheld > 0 ? [`${withheld} operations withheld`] : []),
  ].join(', ');
}

/** The last failed request, in words; '' while there was none. */
export function lastFailure({ lastFailure: failure }: RestApiAnswer['requests']): string {
  return failure === null ? '' : `${clockTime(failure.at)} ${failure.reason}`;
}

/** The operations of one outcome, each as a line. */
export function operationLines(
  operations: readonly OperationAnswer[],
  outcome: OperationAnswer['outcome'],
): readonly string[] {
  return operations.flatMap((one) => {
    if (one.outcome !== outcome) return [];
    if (one.reason !== undefined) return [`${one.operation}: ${one.reason}`];
    return [one.tool === undefined ? one.operation : `${one.operation} as ${one.tool}`];
  });
}
