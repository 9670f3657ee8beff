/** One operation of a document as the specification of a tool. */

import { MAX_DESCRIPTION_LENGTH, MAX_TITLE_LENGTH, sanitizeText, type JsonSchema } from '@mcp/tool-base';
import type { OperationSpec } from '../define-operation.ts';
import { argumentsOf } from './operation-arguments.ts';
import { bodyOf } from './operation-body.ts';
import type { JsonObject } from './json-pointer.ts';
import { keywordsOf, type TagSummaries } from './operation-keywords.ts';
import { parametersOf, pathParameter, type SecurityNames } from './operation-parameters.ts';
import { readPathTemplate, undescribedNames } from './path-template.ts';
import { prepareRequest } from './prepare-request.ts';
import type { SchemaSet } from './schema-set.ts';
import type { HttpMethod } from '../request/prepared-request.ts';

export interface DocumentParts {
  readonly document: JsonObject;
  readonly schemas: SchemaSet;
  readonly security: SecurityNames;
  readonly tags: TagSummaries;
}

export interface FoundOperation {
  readonly path: string;
  readonly method: HttpMethod;
  readonly pathItem: JsonObject;
  readonly operation: JsonObject;
  /** Why the reference that stands for it cannot be followed. */
  readonly problem?: unknown;
}

/** @throws {WithheldError} with the reason why it cannot be offered */
export function planOperation(
  { document, schemas, security, tags }: DocumentParts,
  { path, method, pathItem, operation }: FoundOperation,
  name: string,
): OperationSpec {
  const described = parametersOf(document, pathItem, operation, schemas, security);
  const inPath = described.filter(({ place }) => place === 'path').map((parameter) => parameter.name);
  const parameters = [
    ...described,
    ...undescribedNames(path, inPath).map((undescribed) => pathParameter(undescribed, schemas)),
  ];
  const template = readPathTemplate(path, parameters);
  const body = method === 'GET' || method === 'HEAD' ? undefined : bodyOf(document, operation, schemas);
  const { properties, required, sources } = argumentsOf(parameters, body);
  const parts = [...parameters.map(({ schema }) => schema), ...(body === undefined ? [] : [body.schema])];
  const root: JsonSchema = {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
  const { schema: input, definitions } = schemas.bundle(root, parts);
  const title = textOf(operation['summary']);
  return {
    name,
    ...(title !== '' && { title: title.slice(0, MAX_TITLE_LENGTH) }),
    description: descriptionOf(operation, pathItem, method, path),
    keywords: keywordsOf(path, operation, tags),
    method,
    input,
    definitions,
    prepare: (input) => prepareRequest(method, template, sources, body, input),
  };
}

function descriptionOf(operation: JsonObject, pathItem: JsonObject, method: HttpMethod, path: string): string {
  const [summary, description] = [operation, pathItem].reduce<readonly [string, string]>(
    ([first, second], source) => [first || textOf(source['summary']), second || textOf(source['description'])],
    ['', ''],
  );
  const texts = [...new Set([summary, description])].filter((text) => text !== '');
  const whole = texts.join('\n\n') || `${method} ${path}`;
  return whole.length <= MAX_DESCRIPTION_LENGTH ? whole : `${whole.slice(0, MAX_DESCRIPTION_LENGTH - 1).trimEnd()}…`;
}

/** Without what is not seen, and without tabs, which a description may not hold. */
function textOf(value: unknown): string {
  if (typeof value !== 'string') return '';
  return sanitizeText(value).text.replaceAll(/\r\n?/g, '\n').replaceAll('\t', ' ').trim();
}
