import { group, list, optional } from '../fields/composite-fields.ts';
import { duration } from '../fields/duration.ts';
import type { Field, GroupProblem } from '../fields/field.ts';
import { choice, integer, number } from '../fields/scalar-fields.ts';
import type { CircuitBreakerConfig, ServerConfig } from './server-config.ts';
import type { ToolBreakerDeclaration } from './tool-declaration.ts';

/** The settings that a single tool may have as well. */
function settings() {
  return {
    failureThreshold: { doc: 'Failures in a row that open a breaker.', min: 1, max: 100, default: 5 },
    recoveryTimeout: { doc: 'How long a breaker stays open.', min: 1, max: 600, default: 60 },
    halfOpenSuccessThreshold: { doc: 'Successful probes that close it again.', min: 1, max: 10, default: 1 },
    recoveryMultiplier: { doc: 'Growth of the open period with every re-opening.', min: 1, max: 10, default: 1.5 },
    jitter: { doc: 'Share by which an open period is varied.', min: 0, max: 1, default: 0.1 },
    halfOpenMaxConcurrent: { doc: 'Probes at the same time.', min: 1, max: 100, default: 1 },
    halfOpenMaxWait: {
      doc: 'How long a probe may take before its slot is given away.',
      min: 0.1,
      max: 3600,
      default: 30,
    },
  } as const;
}

const MAX_RECOVERY = { doc: 'The longest open period.', min: 1, max: 3600 } as const;

export function circuitBreakerSection(): Field<CircuitBreakerConfig> {
  const s = settings();
  return group<CircuitBreakerConfig>(
    {
      failureThreshold: integer(s.failureThreshold),
      recoveryTimeout: duration(s.recoveryTimeout),
      expectedExceptions: list(
        choice(['Exception', 'timeout', 'unavailable', 'execution_error'], { doc: 'A class of failures.' }),
        {
          doc: 'Failures that count against a breaker; Exception is every class.',
          default: ['Exception'],
          minItems: 1,
          unique: true,
        },
      ),
      halfOpenSuccessThreshold: integer(s.halfOpenSuccessThreshold),
      recoveryMultiplier: number(s.recoveryMultiplier),
      maxRecoveryTimeout: duration({
        ...MAX_RECOVERY,
        computed: {
          doc: '300, or recoveryTimeout if that is longer',
          compute: ({ circuitBreaker }: ServerConfig) => Math.max(300, circuitBreaker.recoveryTimeout),
        },
      }),
      jitter: number(s.jitter),
      halfOpenMaxConcurrent: integer(s.halfOpenMaxConcurrent),
      halfOpenMaxWait: duration(s.halfOpenMaxWait),
    },
    { doc: 'What the circuit breaker of a tool does that names no settings of its own.', check: breakerProblems },
  );
}

/** The same settings on one tool, where each may be left out. */
export function breakerOverrides(): {
  [K in Exclude<keyof ToolBreakerDeclaration, 'scope' | 'timeoutIsFailure'>]: Field<number | undefined>;
} {
  const s = settings();
  return {
    failureThreshold: optional(integer(s.failureThreshold)),
    recoveryTimeout: optional(duration(s.recoveryTimeout)),
    halfOpenSuccessThreshold: optional(integer(s.halfOpenSuccessThreshold)),
    recoveryMultiplier: optional(number(s.recoveryMultiplier)),
    maxRecoveryTimeout: optional(duration(MAX_RECOVERY)),
    jitter: optional(number(s.jitter)),
    halfOpenMaxConcurrent: optional(integer(s.halfOpenMaxConcurrent)),
    halfOpenMaxWait: optional(duration(s.halfOpenMaxWait)),
  };
}

/** The cap of the open period may not lie below the period itself. */
function breakerProblems(breaker: CircuitBreakerConfig): GroupProblem[] {
  const { recoveryTimeout, maxRecoveryTimeout } = breaker;
  if (maxRecoveryTimeout >= recoveryTimeout) return [];
  return [
    {
      path: ['maxRecoveryTimeout'],
      message: `(${maxRecoveryTimeout} s) is below recoveryTimeout (${recoveryTimeout} s)`,
    },
  ];
}
