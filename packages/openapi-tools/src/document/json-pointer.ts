/** References inside one document. Nothing outside it is ever read. */

import { withhold } from './withheld.ts';

const MAX_REFERENCE_LENGTH = 1024;
/** References that lead straight to another reference. */
const MAX_CHAIN = 32;

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface Resolved {
  /** The reference that names the value itself, such as `#/components/schemas/User`. */
  readonly reference: string;
  readonly value: unknown;
}

/** The value that a `$ref` stands for. @throws {WithheldError} for one that leaves the document, or leads nowhere */
export function resolveReference(document: JsonObject, reference: unknown): Resolved {
  let at = reference;
  for (let step = 0; step < MAX_CHAIN; step += 1) {
    const value = valueAt(document, at);
    if (!isObject(value) || typeof value['$ref'] !== 'string' || Object.keys(value).length > 1) {
      return { reference: String(at), value };
    }
    at = value['$ref'];
  }
  return withhold(`The reference ${shown(reference)} leads from one reference to the next without end.`);
}

/** A value, or what its `$ref` stands for. */
export function dereference(document: JsonObject, value: unknown): unknown {
  return isObject(value) && '$ref' in value ? resolveReference(document, value['$ref']).value : value;
}

function valueAt(document: JsonObject, reference: unknown): unknown {
  if (typeof reference !== 'string' || reference.length > MAX_REFERENCE_LENGTH)
    return withhold('A $ref is not a text.');
  if (!reference.startsWith('#')) {
    return withhold(
      `The reference ${shown(reference)} leaves the document; only references inside it are followed. Join its files first, for example with redocly bundle.`,
    );
  }
  if (!reference.startsWith('#/')) {
    return withhold(`The reference ${shown(reference)} is not a path into the document; anchors are not supported.`);
  }
  let value: unknown = document;
  for (const part of reference.slice(1).split('/').slice(1)) {
    const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
    const container = value;
    const isMember = typeof container === 'object' && container !== null && Object.hasOwn(container, key);
    if (!isMember) return withhold(`The reference ${shown(reference)} leads to nothing in the document.`);
    value = (container as JsonObject)[key];
  }
  return value;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function shown(reference: unknown): string {
  return JSON.stringify(String(reference).slice(0, 100));
}
