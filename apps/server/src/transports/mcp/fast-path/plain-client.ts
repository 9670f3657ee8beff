/** What a client of the 2026 revision says about itself in a plain request, member by member as in `fast-path-request.ts`. */
import { isJsonObject } from '../protocol/json-object.ts';
import { TASKS_EXTENSION } from '../protocol/task.ts';

export function isPlainImplementation(value: unknown): boolean {
  if (!isJsonObject(value) || typeof value['name'] !== 'string' || typeof value['version'] !== 'string') return false;
  for (const member in value) {
    if (member !== 'name' && member !== 'version' && member !== 'title') return false;
    if (typeof value[member] !== 'string') return false;
  }
  return true;
}

/** The client capabilities that this server uses, each with the sub-capabilities it may have. */
const CAPABILITIES: Readonly<Record<string, readonly string[]>> = {
  elicitation: ['form', 'url'],
  sampling: ['tools', 'context'],
  roots: [],
  extensions: [TASKS_EXTENSION],
};

export function arePlainCapabilities(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  for (const member in value) {
    const known = Object.hasOwn(CAPABILITIES, member) ? CAPABILITIES[member] : undefined;
    const capability = value[member];
    if (known === undefined || !isJsonObject(capability)) return false;
    for (const name in capability) {
      const given = capability[name];
      if (!known.includes(name) || !isJsonObject(given) || Object.keys(given).length > 0) return false;
    }
  }
  return true;
}
