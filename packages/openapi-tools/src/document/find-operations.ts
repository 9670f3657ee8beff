/** The operations of a document as they are written, before they are planned. */

import { HTTP_METHODS } from '../request/prepared-request.ts';
import { DocumentError } from './document-error.ts';
import { isObject, resolveReference, type JsonObject } from './json-pointer.ts';
import type { FoundOperation } from './plan-operation.ts';

const MAX_OPERATIONS = 5000;

/** A path that is a reference which cannot be followed, so that nobody knows its methods. */
export interface UnreadablePath {
  readonly path: string;
  readonly problem: unknown;
}

export interface FoundOperations {
  readonly found: readonly FoundOperation[];
  readonly unreadable: readonly UnreadablePath[];
}

/** @throws {DocumentError} for more than 5000 operations */
export function findOperations(root: JsonObject): FoundOperations {
  const found: FoundOperation[] = [];
  const unreadable: UnreadablePath[] = [];
  for (const [path, given] of Object.entries(isObject(root['paths']) ? root['paths'] : {})) {
    const { value: pathItem, problem } = resolved(root, given);
    if (problem !== undefined) unreadable.push({ path, problem });
    for (const method of HTTP_METHODS) {
      const written = pathItem[method.toLowerCase()];
      if (!isObject(written)) continue;
      const { value: operation, ...rest } = resolved(root, written);
      found.push({ path, method, pathItem, operation, ...rest });
      if (found.length > MAX_OPERATIONS) {
        throw new DocumentError(`The document has more than ${MAX_OPERATIONS} operations. Split it.`);
      }
    }
  }
  return { found, unreadable };
}

interface ResolvedObject {
  readonly value: JsonObject;
  readonly problem?: unknown;
}

/** What a reference stands for, with what is written beside it; a document of several files has references for operations too. */
function resolved(root: JsonObject, given: unknown): ResolvedObject {
  if (!isObject(given)) return { value: {} };
  if (!('$ref' in given)) return { value: given };
  const { $ref: reference, ...beside } = given;
  try {
    const { value } = resolveReference(root, reference);
    return { value: isObject(value) ? { ...value, ...beside } : beside };
  } catch (problem) {
    return { value: beside, problem };
  }
}
