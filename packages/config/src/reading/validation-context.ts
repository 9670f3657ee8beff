import type { AnyField } from '../fields/field.ts';
import { holdsSecret } from '../fields/field.ts';
import type { Node, Place } from './node.ts';
import type { Notice } from '../describe/problems.ts';
import { pathText } from '../describe/problems.ts';
import { shapeHint } from './shape-hint.ts';
import { isSensitive } from './sensitive.ts';
import { shownValue } from './shown-text.ts';
import type { Issue, Source } from './source.ts';

/** The result for a value that broke a rule, after the problem was reported. */
export const INVALID: unique symbol = Symbol('invalid');

/** Where the values come from, and where problems and notices go. */
export interface ValidationContext {
  readonly source: Source;
  readonly issues: Issue[];
  /** Where relative paths start. */
  readonly folder: string;
  readonly notices?: Notice[];
}

export type Details = Pick<Issue, 'rule' | 'message'> & { expected?: string; suggestion?: string | undefined };

export function fail(
  context: ValidationContext,
  path: readonly string[],
  place: Place | undefined,
  details: Details,
): typeof INVALID {
  const { rule, message, expected, suggestion } = details;
  context.issues.push({
    rule,
    path,
    message,
    source: context.source,
    place,
    ...(expected === undefined ? {} : { expected }),
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  return INVALID;
}

export function wrongKind(
  field: AnyField,
  node: Node,
  path: readonly string[],
  context: ValidationContext,
): typeof INVALID {
  const secret = holdsSecret(field) || (field.kind === 'group' && field.namesSecret) || isSensitive(node, path);
  if (secret) hideAll(node, context.source);
  let found = 'a mapping';
  if (node.kind === 'list') found = 'a list';
  else if (node.kind === 'scalar') found = secret ? `a ${typeof node.value}` : shownValue(node.value);
  return fail(context, path, node.place, {
    rule: 'type',
    message: `${pathText(path)} must be ${field.expected}, but it is ${found}`,
    expected: field.expected,
    suggestion: secret && node.kind === 'scalar' ? undefined : shapeHint(field, node),
  });
}

export function hideAll(node: Node, source: Source): void {
  if (node.kind === 'scalar') source.hide(node.place);
  else if (node.kind === 'list') for (const item of node.items) hideAll(item, source);
  else for (const entry of node.entries) hideAll(entry.node, source);
}
