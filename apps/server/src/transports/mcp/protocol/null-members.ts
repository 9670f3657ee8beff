/** Several JSON libraries write optional members as `null`. In params such a member is absent, at any depth. */

import { isJsonObject, type JsonObject } from './json-object.ts';

const NO_NAMES: ReadonlySet<string> = new Set();
const RESPONSES: ReadonlySet<string> = new Set(['inputResponses']);
const CALL_DATA: ReadonlySet<string> = new Set(['arguments', 'inputResponses']);

/** @returns the same object when nothing in it is null. What a tool or a user was given is data and stays as it is. */
export function withoutNullMembers(method: unknown, params: JsonObject): JsonObject {
  const data = method === 'tools/call' ? CALL_DATA : RESPONSES;
  return hasNull(params, data) ? withoutNulls(params, data) : params;
}

function hasNull(object: JsonObject, data: ReadonlySet<string>): boolean {
  for (const name in object) {
    const value = object[name];
    if (value === null || (isJsonObject(value) && !data.has(name) && hasNull(value, NO_NAMES))) return true;
  }
  return false;
}

function withoutNulls(object: JsonObject, data: ReadonlySet<string>): JsonObject {
  const members = Object.entries(object).filter(([, value]) => value !== null);
  return Object.fromEntries(
    members.map(([name, value]) => [
      name,
      isJsonObject(value) && !data.has(name) ? withoutNulls(value, NO_NAMES) : value,
    ]),
  );
}
