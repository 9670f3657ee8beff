import { group, list } from '../fields/composite-fields.ts';
import { duration } from '../fields/duration.ts';
import type { Field } from '../fields/field.ts';
import { integer } from '../fields/number-fields.ts';
import { text } from '../fields/text-fields.ts';
import type { CircuitBreakerSettings } from './standard-config.ts';

export const circuitBreakerSection: Field<CircuitBreakerSettings> = group<CircuitBreakerSettings>(
  {
    failureThreshold: integer({ doc: 'Failures in a row that open a breaker.', min: 1, max: 100, default: 5 }),
    recoveryTimeout: duration({ doc: 'How long a breaker stays open.', min: 1, max: 600, default: 60 }),
    expectedExceptions: list(text({ doc: 'A class of failures.', maxLength: 128 }), {
      doc: 'Failures that count against a breaker; Exception is every class.',
      default: ['Exception'],
      minItems: 1,
      unique: true,
    }),
    halfOpenSuccessThreshold: integer({ doc: 'Successful probes that close it again.', min: 1, max: 10, default: 1 }),
  },
  { doc: 'The circuit breaker of a tool that has no settings of its own.' },
);
