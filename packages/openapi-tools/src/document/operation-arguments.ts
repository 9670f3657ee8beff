/** The arguments of a tool: parameters and body side by side, each with a name of its own. */

import { sanitizeText, type JsonSchema } from '@mcp/tool-base';
import { argumentNames } from './argument-name.ts';
import type { ConvertedSchema } from './convert-schema.ts';
import { isObject } from './json-pointer.ts';
import type { OperationBody } from './operation-body.ts';
import type { OperationParameter } from './operation-parameters.ts';
import { closedProperties } from './schema-set.ts';
import { withhold } from './withheld.ts';

/** Where an argument goes. */
export type ArgumentSource =
  | { readonly argument: string; readonly parameter: OperationParameter }
  /** A member of the body, or without a name the whole body. */
  | { readonly argument: string; readonly member: string | undefined };

export interface OperationArguments {
  readonly properties: Readonly<Record<string, JsonSchema | boolean>>;
  readonly required: readonly string[];
  readonly sources: readonly ArgumentSource[];
}

interface Candidate {
  readonly name: string;
  readonly place: string;
  readonly schema: JsonSchema | boolean;
  readonly required: boolean;
  readonly sourceOf: (argument: string) => ArgumentSource;
}

const MAX_ARGUMENTS = 500;

export function argumentsOf(
  parameters: readonly OperationParameter[],
  body: OperationBody | undefined,
): OperationArguments {
  const candidates = [...parameters.map(ofParameter), ...(body === undefined ? [] : ofBody(body))];
  if (candidates.length > MAX_ARGUMENTS) return withhold(`It has more than ${MAX_ARGUMENTS} arguments.`);
  const uses = new Map<string, number>();
  for (const { name } of candidates) uses.set(name, (uses.get(name) ?? 0) + 1);
  const names = argumentNames(candidates.map(({ name, place }) => (uses.get(name) === 1 ? name : `${name}__${place}`)));
  const properties: Record<string, JsonSchema | boolean> = {};
  const required: string[] = [];
  const sources = candidates.map(({ name, schema, required: isRequired, sourceOf }, index) => {
    const argument = names[index] ?? name;
    if (argument === '__proto__') return withhold('One of its arguments has the name "__proto__".');
    properties[argument] = argument.startsWith(name) ? schema : withName(schema, name);
    if (isRequired) required.push(argument);
    return sourceOf(argument);
  });
  return { properties, required, sources };
}

/** A model that knows the API has to recognise the argument. */
function withName(schema: JsonSchema | boolean, name: string): JsonSchema | boolean {
  if (schema === false) return schema;
  const { description, ...rest } = schema === true ? {} : schema;
  const sentAs = `Sent as ${sanitizeText(name).text}.`;
  return { ...rest, description: typeof description === 'string' ? `${sentAs} ${description}` : sentAs };
}

function ofParameter(parameter: OperationParameter): Candidate {
  const { name, place, description, schema, required } = parameter;
  return {
    name,
    place,
    schema: described(schema, description),
    required,
    sourceOf: (argument) => ({ argument, parameter }),
  };
}

/** A closed object gives an argument for each property, so that a model need not write JSON in JSON. */
function ofBody({ schema, required, description, kind }: OperationBody): Candidate[] {
  const properties = kind === 'text' || kind === 'binary' || !required ? undefined : closedProperties(schema.schema);
  if (properties === undefined) {
    const sourceOf = (argument: string): ArgumentSource => ({ argument, member: undefined });
    return [{ name: 'body', place: 'body', schema: described(schema, description), required, sourceOf }];
  }
  const needed = isObject(schema.schema) && Array.isArray(schema.schema['required']) ? schema.schema['required'] : [];
  return Object.entries(properties).map(([name, property]) => ({
    name,
    place: 'body',
    schema: property,
    required: needed.includes(name),
    sourceOf: (argument) => ({ argument, member: name }),
  }));
}

/** The description of a parameter is beside its schema. */
function described({ schema }: ConvertedSchema, description: string | undefined): JsonSchema | boolean {
  if (description === undefined || description === '') return schema;
  if (typeof schema === 'boolean') return schema ? { description } : schema;
  return schema['description'] === undefined ? { ...schema, description } : schema;
}
