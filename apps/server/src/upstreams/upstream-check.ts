import type { CheckDefinition, CheckOutcome } from '@mcp/health';
import type { UpstreamReport } from '@mcp/upstreams';

import type { UpstreamConfig } from '../configuration/shape/upstream-config.ts';
import type { CheckTiming } from '../configuration/settings/milliseconds.ts';

export interface UpstreamCheckOptions {
  readonly key: string;
  readonly priority: UpstreamConfig['priority'];
  readonly timing: CheckTiming;
  readonly report: () => UpstreamReport;
  /** Whether a circuit breaker of one of its tools is open. */
  readonly isOpen: (tool: string) => boolean;
  /** Whether operators left it on. */
  readonly isSwitchedOn: () => boolean;
}

export function upstreamCheckName(key: string): string {
  return `upstream_${key}`;
}

/** The health of an upstream as its traffic shows it; the check itself sends nothing. It stands for the checks of its tools. */
export function upstreamCheck(options: UpstreamCheckOptions): CheckDefinition {
  const { key, priority, timing, report, isOpen, isSwitchedOn } = options;
  return {
    ...timing,
    name: upstreamCheckName(key),
    priority,
    // This server has started when it serves, whatever its upstreams do.
    groups: ['ready'],
    dependency: true,
    run: () =>
      isSwitchedOn() ? outcomeOf(report(), isOpen) : { status: 'healthy', message: 'An operator switched it off.' },
  };
}

function outcomeOf(report: UpstreamReport, isOpen: UpstreamCheckOptions['isOpen']): CheckOutcome {
  const { state, problem, circuitBreaker, trustProblem, listProblem, listedAt, tools } = report;
  if (state === 'failed') return { status: 'unhealthy', message: problem ?? 'It cannot be reached.' };
  if (circuitBreaker === 'open') return { status: 'unhealthy', message: 'Its circuit breaker is open.' };
  const trouble = trustProblem ?? listProblem;
  if (trouble !== undefined) return { status: 'degraded', message: trouble };
  if (listedAt === undefined) return { status: 'degraded', message: 'Its tools have not been listed yet.' };
  const open = tools.filter(({ name }) => isOpen(name)).length;
  if (open > 0) return { status: 'degraded', message: `Circuit breakers are open: ${open} of ${tools.length}.` };
  return { status: 'healthy' };
}
