/** What to write instead of a value of the wrong shape. */
import * as v from 'valibot';
import type { AnyField, GroupField, ScalarField } from '../fields/field.ts';
import { holdsSecret } from '../fields/field.ts';
import { caseNamed } from './nearest-case.ts';
import type { Node } from './node.ts';

/** Longest value that is repeated in a hint, in characters. */
const MAX_REPEATED = 100;

/** @returns undefined when nothing better can be said than what the field expects */
export function shapeHint(field: AnyField, node: Node): string | undefined {
  if (holdsSecret(field)) return undefined;
  const value = node.kind === 'scalar' ? node.value : undefined;
  switch (field.kind) {
    case 'list':
      return node.kind === 'scalar' ? listHint(value) : undefined;
    case 'map':
      return 'write name: value for each entry';
    case 'group':
      return groupHint(field, value);
    case 'variant': {
      const near = typeof value === 'string' ? caseNamed(field, value) : undefined;
      return near === undefined ? undefined : `write { ${field.tag}: ${near}, ... }`;
    }
    case 'scalar':
      return node.kind === 'list' && node.items.length === 1 ? 'write the value alone, without brackets' : undefined;
  }
}

function listHint(value: unknown): string {
  const words = typeof value === 'string' && value.length <= MAX_REPEATED ? value.trim().split(/\s+/) : [];
  if (words.length < 2) return 'put it in brackets: [ ... ]';
  return `write each word as an item: [${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(', ')}]`;
}

/** Any text would do for a text; a number or one of a few words says more. */
function isMeant({ schema, jsonSchema }: ScalarField, value: unknown): boolean {
  if (typeof value === 'string' && !Array.isArray(jsonSchema['enum'])) return false;
  return value !== undefined && v.is(schema, value);
}

/** The key that was probably meant: the first one that takes such a value. */
function groupHint({ fields }: GroupField, value: unknown): string {
  // Which of several switches is meant by a bare true is a guess.
  if (typeof value === 'boolean' && fields['enabled'] === undefined)
    return `its keys are ${Object.keys(fields).join(', ')}`;
  const takes = Object.entries(fields).find(([, field]) => field.kind === 'scalar' && isMeant(field, value));
  if (takes !== undefined) return `write { ${takes[0]}: ${String(value)} }`;
  return `its keys are ${Object.keys(fields).join(', ')}`;
}
