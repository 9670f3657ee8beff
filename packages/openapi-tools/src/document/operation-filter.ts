import type { FoundOperation } from './plan-operation.ts';

/** Matches an operation that has all of what is given. `*` in a path or id stands for any characters. */
export interface OperationMatcher {
  readonly method?: string | undefined;
  readonly operationId?: string | undefined;
  readonly tag?: string | undefined;
  readonly path?: string | undefined;
}

export interface OperationFilter {
  /** @default GET and HEAD */
  readonly include?: readonly OperationMatcher[] | undefined;
  /** Wins over `include`. @default none */
  readonly exclude?: readonly OperationMatcher[] | undefined;
}

const BY_DEFAULT: readonly OperationMatcher[] = [{ method: 'GET' }, { method: 'HEAD' }];

export function isIncluded(found: FoundOperation, { include = BY_DEFAULT, exclude = [] }: OperationFilter): boolean {
  const matches = (matcher: OperationMatcher): boolean => isMatch(found, matcher);
  return include.some(matches) && !exclude.some(matches);
}

function isMatch({ method, path, operation }: FoundOperation, matcher: OperationMatcher): boolean {
  const { operationId, tags } = operation;
  return (
    (matcher.method === undefined || matcher.method.toUpperCase() === method) &&
    (matcher.operationId === undefined || isLike(operationId, matcher.operationId)) &&
    (matcher.path === undefined || isLike(path, matcher.path)) &&
    (matcher.tag === undefined || (Array.isArray(tags) && tags.includes(matcher.tag)))
  );
}

/** Linear, whatever the pattern. */
function isLike(value: unknown, pattern: string): boolean {
  if (typeof value !== 'string') return false;
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return value === pattern;
  const last = rest.pop() ?? '';
  if (!value.startsWith(first) || value.length < first.length + last.length || !value.endsWith(last)) return false;
  const end = value.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = value.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** Whether `METHOD /path` is offered without a filter. */
export function isUsedByDefault(operation: string): boolean {
  return BY_DEFAULT.some(({ method }) => operation.startsWith(`${method} `));
}
