import {
  boolean,
  choice,
  duration,
  fieldsOf,
  group,
  integer,
  list,
  number,
  optional,
  standardSections,
  type Field,
  type GroupProblem,
} from '@mcp/config';

import type { CircuitBreakerConfig, ToolBreakerDeclaration } from '../shape/circuit-breaker-config.ts';
import type { ServerConfig } from '../shape/server-config.ts';

export const circuitBreakerSection: Field<CircuitBreakerConfig> = group<CircuitBreakerConfig>(
  {
    ...fieldsOf(standardSections.circuitBreaker),
    expectedExceptions: list(
      choice(['Exception', 'timeout', 'unavailable', 'execution_error'], { doc: 'A class of failures.' }),
      {
        doc: 'Failures that count against a breaker; Exception is every class.',
        default: ['Exception'],
        minItems: 1,
        unique: true,
      },
    ),
    recoveryMultiplier: number({
      doc: 'Growth of the open period with every re-opening.',
      min: 1,
      max: 10,
      default: 1.5,
    }),
    maxRecoveryTimeout: duration({
      doc: 'The longest open period.',
      min: 1,
      max: 3600,
      computed: {
        doc: '300, or recoveryTimeout if that is longer',
        compute: ({ circuitBreaker }: ServerConfig) => Math.max(300, circuitBreaker.recoveryTimeout),
      },
    }),
    jitter: number({ doc: 'Share by which an open period is varied.', min: 0, max: 1, default: 0.1 }),
    halfOpenMaxConcurrent: integer({ doc: 'Probes at the same time.', min: 1, max: 100, default: 1 }),
    halfOpenMaxWait: duration({
      doc: 'How long a probe may take before its slot is given to another.',
      min: 0.1,
      max: 3600,
      default: 30,
    }),
  },
  { doc: 'The circuit breaker of a tool that has no settings of its own.', check: breakerProblems },
);

/** The circuit breaker of one tool: the settings of the section, where each may be left out, and two more. */
export function toolBreakerField(): Field<ToolBreakerDeclaration> {
  const settings = fieldsOf(circuitBreakerSection);
  return group<ToolBreakerDeclaration>(
    {
      failureThreshold: optional(settings.failureThreshold),
      recoveryTimeout: optional(settings.recoveryTimeout),
      halfOpenSuccessThreshold: optional(settings.halfOpenSuccessThreshold),
      recoveryMultiplier: optional(settings.recoveryMultiplier),
      maxRecoveryTimeout: optional(settings.maxRecoveryTimeout),
      jitter: optional(settings.jitter),
      halfOpenMaxConcurrent: optional(settings.halfOpenMaxConcurrent),
      halfOpenMaxWait: optional(settings.halfOpenMaxWait),
      scope: choice(['tool', 'target'], { doc: 'One breaker for the tool, or one for each target.', default: 'tool' }),
      timeoutIsFailure: boolean({ doc: 'Whether a timeout counts against the breaker.', default: true }),
    },
    { doc: 'Settings of this tool’s circuit breaker.' },
  );
}

/** The longest open period may not be shorter than the first. */
function breakerProblems({ recoveryTimeout, maxRecoveryTimeout }: CircuitBreakerConfig): GroupProblem[] {
  if (maxRecoveryTimeout >= recoveryTimeout) return [];
  return [
    {
      path: ['maxRecoveryTimeout'],
      message: `(${maxRecoveryTimeout} s) is below recoveryTimeout (${recoveryTimeout} s)`,
    },
  ];
}
