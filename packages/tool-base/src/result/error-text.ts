import type { ErrorType } from './error-type.ts';
import type { ToolResultError } from './tool-result.ts';

/** Errors whose cause is only in the log of the operator, who finds it by the id. */
const NEEDS_OPERATOR: ReadonlySet<ErrorType> = new Set<ErrorType>(['execution_error', 'internal_error']);

/** An error as a model reads it: type, message and suggestion, and the correlation id where an operator needs it. */
export function errorText({ type, message, suggestion, correlationId }: ToolResultError): string {
  const sentence = /[.!?\u2026]$/.test(message) ? message : `${message}.`;
  const id = NEEDS_OPERATOR.has(type) ? ` Correlation id: ${correlationId}.` : '';
  return `${type}: ${sentence} ${suggestion}${id}`;
}
