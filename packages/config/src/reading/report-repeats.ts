import { Secret } from '../fields/secret.ts';
import { pathText } from '../describe/problems.ts';
import type { Node } from './node.ts';
import { fail, INVALID, type ValidationContext } from './validation-context.ts';

/**
 * Reports every item of a list that repeats an earlier one.
 *
 * @param unique the key by which groups are compared; `true` compares the values themselves
 * @param items the nodes of the values, for the places of the problems
 */
export function reportRepeats(
  unique: string | true,
  values: readonly unknown[],
  items: readonly Node[],
  path: readonly string[],
  context: ValidationContext,
): void {
  const seen = new Map<unknown, number>();
  for (const [index, value] of values.entries()) {
    if (value === INVALID) continue;
    const own = unique === true ? value : (value as Record<string, unknown>)[unique];
    const identity = own instanceof Secret ? own.reveal() : own;
    const earlier = seen.get(identity);
    if (earlier === undefined) seen.set(identity, index);
    else {
      const what = unique === true ? 'item' : unique;
      fail(context, [...path, String(index)], items[index]?.place, {
        rule: 'unique',
        message: `${pathText([...path, String(index)])} repeats the ${what} of ${pathText([...path, String(earlier)])}`,
        suggestion: 'remove one of the two',
      });
    }
  }
}
