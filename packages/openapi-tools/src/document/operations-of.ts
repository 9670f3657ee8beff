/**
 * The operations of an OpenAPI document as tools.
 *
 *   document -> paths and methods -> filter -> names -> parameters, body, schemas -> a tool, or the reason why there is none
 */

import { ToolDefinitionError, type PartialToolLimits, type ToolDefinition } from '@mcp/tool-base';

import { defineOperation } from '../define-operation.ts';
import type { ApiClient } from '../egress/api-client.ts';
import type { Dialect } from './convert-schema.ts';
import { DocumentError } from './document-error.ts';
import { findOperations } from './find-operations.ts';
import { isObject, type JsonObject } from './json-pointer.ts';
import { isIncluded, type OperationFilter } from './operation-filter.ts';
import { toolName } from './operation-name.ts';
import { tagSummaries } from './operation-keywords.ts';
import { securityNames } from './operation-parameters.ts';
import { planOperation, type FoundOperation } from './plan-operation.ts';
import { SchemaSet } from './schema-set.ts';
import { Turns } from './turns.ts';
import { oneLine, WithheldError } from './withheld.ts';

export interface OperationsOptions {
  /** Sends the requests. The addresses that the document names are not used. */
  readonly client: ApiClient;
  /** Put before every name, with `_`. @default nothing */
  readonly prefix?: string | undefined;
  readonly operations?: OperationFilter | undefined;
  /** Other names and descriptions, by `operationId` or `METHOD /path`. */
  readonly overrides?: Readonly<Record<string, OperationOverride>> | undefined;
  readonly limits?: PartialToolLimits | undefined;
  /** @default 64 */
  readonly maxNameLength?: number | undefined;
}

export interface OperationOverride {
  /** In place of the operation's own, behind the prefix. */
  readonly name?: string | undefined;
  readonly description?: string | undefined;
}

/** What became of one operation of the document. */
export interface OperationReport {
  /** `METHOD /path`, or a path alone whose methods cannot be read. */
  readonly operation: string;
  readonly operationId: string | undefined;
  readonly outcome: 'offered' | 'withheld' | 'not included';
  /** The name of the tool; absent where the operation is not included. */
  readonly tool?: string;
  /** Why it is withheld. */
  readonly reason?: string;
}

export interface Operations {
  readonly tools: readonly ToolDefinition[];
  /** In the order of the document; paths that cannot be read are last. */
  readonly report: readonly OperationReport[];
  /** Addresses that the document names; shown, never used. */
  readonly servers: readonly string[];
}

const DEFAULT_NAME_LENGTH = 64;

/**
 * Plans every operation. One that cannot be offered is withheld alone, with its reason.
 * @param document the parsed JSON or YAML
 * @throws {DocumentError} for something else than an OpenAPI 3 document, and for more than 5000 operations
 */
export async function operationsOf(document: unknown, options: OperationsOptions): Promise<Operations> {
  const { root, dialect } = readRoot(document);
  const { found, unreadable } = findOperations(root);
  const turns = new Turns();
  const names = await namesOf(found, options, turns);
  const uses = new Map<string, number>();
  for (const name of names.values()) uses.set(name, (uses.get(name) ?? 0) + 1);
  const parts = {
    document: root,
    schemas: new SchemaSet(root, dialect),
    security: securityNames(root),
    tags: tagSummaries(root),
  };
  const tools: ToolDefinition[] = [];
  const report: OperationReport[] = [];
  for (const one of found) {
    await turns.giveWay();
    const { operationId } = one.operation;
    const about = {
      operation: oneLine(`${one.method} ${one.path}`),
      operationId: typeof operationId === 'string' ? oneLine(operationId) : undefined,
    };
    const tool = names.get(one);
    if (tool === undefined) {
      report.push({ ...about, outcome: 'not included' });
      continue;
    }
    try {
      if ((uses.get(tool) ?? 0) > 1)
        throw new WithheldError('Another operation has the same name; give one of them another under overrides.');
      if (one.problem !== undefined) throw one.problem;
      const { description } = overrideOf(one, options);
      const spec = planOperation(parts, one, tool);
      const described = description === undefined ? spec : { ...spec, description };
      tools.push(defineOperation({ ...described, limits: options.limits }, options.client));
      report.push({ ...about, outcome: 'offered', tool });
    } catch (error) {
      report.push({ ...about, outcome: 'withheld', tool, reason: reasonOf(error) });
    }
  }
  for (const { path, problem } of unreadable) {
    report.push({ operation: oneLine(path), operationId: undefined, outcome: 'withheld', reason: reasonOf(problem) });
  }
  return { tools, report, servers: serversOf(root) };
}

/** A defect of one operation must not keep the others from being offered. */
function reasonOf(error: unknown): string {
  if (error instanceof WithheldError) return error.message;
  if (error instanceof ToolDefinitionError) return error.problems.join(' ');
  if (error instanceof RangeError) return 'It is nested too deeply.';
  return 'Its description cannot be read.';
}

function readRoot(document: unknown): { readonly root: JsonObject; readonly dialect: Dialect } {
  if (!isObject(document))
    throw new DocumentError('The document is not a mapping. Give an OpenAPI document as JSON or YAML.');
  const { openapi, swagger } = document;
  if (swagger !== undefined) {
    throw new DocumentError(
      'The document is Swagger 2.0, which is not supported. Convert it to OpenAPI 3, for example with swagger2openapi.',
    );
  }
  const version = /^3\.([012])(?:\.\d+)?(?:-.*)?$/.exec(String(openapi))?.[1];
  if (version === undefined) {
    throw new DocumentError('The document does not say openapi: 3.0, 3.1 or 3.2 at its top.');
  }
  return { root: document, dialect: version === '0' ? '3.0' : '3.1' };
}

function overrideOf(
  { method, path, operation }: FoundOperation,
  { overrides = {} }: OperationsOptions,
): OperationOverride {
  const { operationId } = operation;
  const byId =
    typeof operationId === 'string' && Object.hasOwn(overrides, operationId) ? overrides[operationId] : undefined;
  const key = `${method} ${path}`;
  return byId ?? (Object.hasOwn(overrides, key) ? overrides[key] : undefined) ?? {};
}

async function namesOf(
  found: readonly FoundOperation[],
  options: OperationsOptions,
  turns: Turns,
): Promise<Map<FoundOperation, string>> {
  const { prefix, operations = {}, maxNameLength = DEFAULT_NAME_LENGTH } = options;
  const names = new Map<FoundOperation, string>();
  for (const one of found) {
    await turns.giveWay();
    if (!isIncluded(one, operations)) continue;
    const { operationId } = one.operation;
    const isNamed = typeof operationId === 'string' && /[A-Za-z0-9]/.test(operationId);
    const own =
      overrideOf(one, options).name ??
      (isNamed ? operationId : `${one.method.toLowerCase()}${one.path.replace(/\/$/, '')}`);
    names.set(one, toolName(prefix === undefined ? own : `${prefix}_${own}`, maxNameLength));
  }
  return names;
}

function serversOf({ servers }: JsonObject): string[] {
  if (!Array.isArray(servers)) return [];
  return servers.flatMap((server) =>
    isObject(server) && typeof server['url'] === 'string' ? [oneLine(server['url'])] : [],
  );
}
