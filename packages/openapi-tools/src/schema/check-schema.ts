/**
 * Checks arguments against a JSON Schema that somebody else wrote. The validator interprets the schema, so no code is made of its
 * text, and regular expressions run in linear time; a pattern that the engine does not know is not checked.
 */

import { validate, type OutputUnit, type Schema } from '@cfworker/json-schema';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { TooMuchWorkError, withBoundedWork, type JsonSchema } from '@mcp/tool-base';

import { checkableSchema, PATTERN_FORMAT } from './checkable-schema.ts';
import { SharedDefinitions, type Lookup } from './shared-definitions.ts';

type Props = StandardSchemaV1.Props<Readonly<Record<string, unknown>>>;

const TOO_MUCH = 'the arguments are nested too deeply, or too many, to be checked';

interface Checker {
  readonly schema: Schema;
  readonly lookup: Lookup;
}

/**
 * The schema as a Standard Schema. It is prepared by the first check.
 * @param definitions prepares what is under `$defs`, for all schemas that are given the same; their definitions must have names of
 *   their own
 */
export function checkSchema(
  schema: JsonSchema,
  definitions: SharedDefinitions = new SharedDefinitions(),
): StandardSchemaV1<Readonly<Record<string, unknown>>> {
  let checker: Checker | undefined;
  const validateValue: Props['validate'] = (value) => {
    checker ??= prepare(schema, definitions);
    try {
      const { schema: root, lookup } = checker;
      const { valid, errors } = withBoundedWork(() => validate(value, root, '2020-12', lookup, false));
      return valid ? { value: value as Readonly<Record<string, unknown>> } : { issues: issuesOf(errors) };
    } catch (error) {
      // The validator recurses, and collects the errors of every alternative.
      if (error instanceof TooMuchWorkError || error instanceof RangeError) return { issues: [{ message: TOO_MUCH }] };
      throw error;
    }
  };
  return { '~standard': { version: 1, vendor: 'json-schema', validate: validateValue } };
}

function prepare({ $defs = {}, ...root }: JsonSchema, definitions: SharedDefinitions): Checker {
  const schema = checkableSchema(root) as Schema;
  return { schema, lookup: definitions.lookupOf(schema, $defs as Readonly<Record<string, JsonSchema>>) };
}

/** Errors of the outer schemas repeat those of the inner ones. */
const OUTER: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'items',
  'prefixItems',
  'allOf',
  '$ref',
  'additionalProperties',
]);

function issuesOf(errors: readonly OutputUnit[]): StandardSchemaV1.Issue[] {
  const inner = errors.filter(({ keyword }) => !OUTER.has(keyword));
  return (inner.length > 0 ? inner : errors).map((error) => ({ path: pathOf(error), message: messageOf(error) }));
}

function pathOf({ instanceLocation }: OutputUnit): string[] {
  const parts = instanceLocation.replace(/^#\/?/, '').split('/');
  return parts
    .filter((part) => part !== '')
    .map((part) => decodeURIComponent(part.replaceAll('~1', '/').replaceAll('~0', '~')));
}

function messageOf({ keyword, error }: OutputUnit): string {
  const pattern = error.indexOf(PATTERN_FORMAT);
  if (keyword === 'format' && pattern >= 0)
    return `must match the pattern ${error.slice(pattern + PATTERN_FORMAT.length, -2)}`;
  return error;
}
