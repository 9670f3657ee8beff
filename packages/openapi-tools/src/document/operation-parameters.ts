/** The parameters of one operation, each with its place, style and schema. */

import { headerNameProblem } from '../request/header-rules.ts';
import type { Style } from '../parameters/serialize-value.ts';
import { dereference, isObject, type JsonObject } from './json-pointer.ts';
import type { ConvertedSchema } from './convert-schema.ts';
import type { SchemaSet } from './schema-set.ts';
import { withhold } from './withheld.ts';

export const PARAMETER_PLACES = ['path', 'query', 'header', 'cookie'] as const;
export type ParameterPlace = (typeof PARAMETER_PLACES)[number];

export interface OperationParameter {
  readonly name: string;
  readonly place: ParameterPlace;
  readonly required: boolean;
  readonly description: string | undefined;
  readonly style: Style;
  readonly explode: boolean;
  readonly allowReserved: boolean;
  /** The value is one JSON text. */
  readonly asJson: boolean;
  readonly schema: ConvertedSchema;
}

const STYLES: Readonly<Record<ParameterPlace, readonly Style[]>> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form'],
};
/** OpenAPI has keys of their own for the first three, and ignores parameters of the names. Others make another request of the one that an operator allowed. */
const IGNORED_HEADERS: ReadonlySet<string> = new Set(
  (
    'accept content-type authorization set-cookie set-cookie2 cookie2 http2-settings x-http-method ' +
    'x-http-method-override x-method-override x-original-url x-rewrite-url x-real-ip true-client-ip'
  ).split(' '),
);

/** Without them the request would mean something else. */
const NEEDED_HEADERS = /^(?:content-(?!type$|length$).*|x-http-method|x-(?:http-)?method-override)$/i;

const MAX_PARAMETERS = 500;

/** A parameter that carries a credential, as `place:name`. */
export type SecurityNames = ReadonlySet<string>;

export function securityNames(document: JsonObject): SecurityNames {
  const names = new Set<string>();
  const { components } = document;
  const schemes = isObject(components) && isObject(components['securitySchemes']) ? components['securitySchemes'] : {};
  for (const given of Object.values(schemes)) {
    const scheme = isObject(given) ? given : {};
    if (scheme['type'] === 'apiKey') names.add(`${String(scheme['in'])}:${String(scheme['name']).toLowerCase()}`);
  }
  return names;
}

/** Those of the path and of the operation; one of the operation replaces one of the path. @throws {WithheldError} */
export function parametersOf(
  document: JsonObject,
  pathItem: JsonObject,
  operation: JsonObject,
  schemas: SchemaSet,
  security: SecurityNames,
): OperationParameter[] {
  const found = new Map<string, JsonObject>();
  for (const list of [pathItem['parameters'], operation['parameters']]) {
    if (list === undefined) continue;
    if (!Array.isArray(list)) return withhold('Its parameters are not a list.');
    if (list.length > MAX_PARAMETERS) return withhold(`It has more than ${MAX_PARAMETERS} parameters.`);
    for (const given of list) {
      const parameter = dereference(document, given);
      if (!isObject(parameter) || typeof parameter['name'] !== 'string' || typeof parameter['in'] !== 'string') {
        return withhold('It has a parameter without name or in.');
      }
      found.set(`${parameter['in']}:${parameter['name'].toLowerCase()}`, parameter);
    }
  }
  return [...found].flatMap(([key, parameter]) => {
    if (security.has(key)) return [];
    const name = String(parameter['name']);
    const place = PARAMETER_PLACES.find((known) => known === parameter['in']);
    if (place === undefined)
      return withhold(`Its parameter ${name} is in ${JSON.stringify(parameter['in'])}, which is not supported.`);
    if (place === 'header' && (IGNORED_HEADERS.has(name.toLowerCase()) || headerNameProblem(name) !== undefined)) {
      if (parameter['required'] !== true || !NEEDED_HEADERS.test(name)) return [];
      return withhold(`Its header ${name} is required, and cannot be set by an argument.`);
    }
    return [readParameter(parameter, name, place, schemas)];
  });
}

/** One that the path names and nobody describes. */
export function pathParameter(name: string, schemas: SchemaSet): OperationParameter {
  return readParameter({ schema: { type: 'string' } }, name, 'path', schemas);
}

function readParameter(
  parameter: JsonObject,
  name: string,
  place: ParameterPlace,
  schemas: SchemaSet,
): OperationParameter {
  const { content, schema, description } = parameter;
  const [type, media] = isObject(content) ? (Object.entries(content)[0] ?? []) : [];
  if (type !== undefined && !/^application\/(?:[\w.+-]+\+)?json\b/.test(type)) {
    return withhold(`Its parameter ${name} is written as ${type}, which is not supported.`);
  }
  const style = readStyle(parameter['style'], name, place);
  const { explode } = parameter;
  return {
    name,
    place,
    required: parameter['required'] === true || place === 'path',
    description: typeof description === 'string' ? description : undefined,
    style,
    explode: typeof explode === 'boolean' ? explode : style === 'form' || style === 'deepObject',
    allowReserved: parameter['allowReserved'] === true,
    asJson: type !== undefined,
    schema: schemas.convert(
      type === undefined ? (schema ?? {}) : ((isObject(media) ? media['schema'] : undefined) ?? {}),
    ),
  };
}

function readStyle(given: unknown, name: string, place: ParameterPlace): Style {
  const allowed = STYLES[place];
  const style = given === undefined ? allowed[0] : allowed.find((known) => known === given);
  return (
    style ??
    withhold(`Its parameter ${name} has the style ${JSON.stringify(given)}, which is not supported in ${place}.`)
  );
}
