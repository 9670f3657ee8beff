/** The `initialize` of the 2025 revisions, member by member as in `fast-path-request.ts`: one that is not listed is for the SDK. */
import type { ClientCapabilities, Implementation } from '@modelcontextprotocol/server';

import { isJsonObject, type JsonObject } from '../protocol/json-object.ts';

export interface PlainInitialize {
  readonly id: string | number;
  readonly protocolVersion: string;
  readonly capabilities: ClientCapabilities;
  readonly client: Implementation;
}

const MEMBERS: ReadonlySet<string> = new Set(['protocolVersion', 'capabilities', 'clientInfo']);
const CLIENT_MEMBERS: ReadonlySet<string> = new Set(['name', 'version', 'title', 'websiteUrl', 'description']);
/** Of capabilities whose members are names that anybody may choose. */
const NAMESPACES: ReadonlySet<string> = new Set(['experimental', 'extensions']);
const EMPTY_CAPABILITIES: Readonly<Record<string, readonly string[]>> = {
  elicitation: ['form', 'url'],
  sampling: ['tools', 'context'],
};

/** @returns undefined for a message that is not a plain `initialize` */
export function readInitialize({ id, method, params }: JsonObject): PlainInitialize | undefined {
  if (method !== 'initialize' || (typeof id !== 'string' && typeof id !== 'number') || !isJsonObject(params))
    return undefined;
  for (const member in params) if (!MEMBERS.has(member)) return undefined;
  const { protocolVersion, capabilities, clientInfo } = params;
  if (typeof protocolVersion !== 'string' || !isClient(clientInfo) || !areCapabilities(capabilities)) return undefined;
  const { elicitation } = capabilities;
  // What the SDK makes of the capability of the first revision that had it.
  const form = elicitation && Object.keys(elicitation).length === 0 && { elicitation: { form: {} } };
  return { id, protocolVersion, capabilities: { ...capabilities, ...form }, client: clientInfo };
}

function isClient(value: unknown): value is Implementation {
  if (!isJsonObject(value) || typeof value['name'] !== 'string' || typeof value['version'] !== 'string') return false;
  for (const member in value) if (!CLIENT_MEMBERS.has(member) || typeof value[member] !== 'string') return false;
  return true;
}

function areCapabilities(value: unknown): value is ClientCapabilities {
  if (!isJsonObject(value)) return false;
  for (const name in value) {
    const capability = value[name];
    if (!isJsonObject(capability) || !isCapability(name, capability)) return false;
  }
  return true;
}

function isCapability(name: string, capability: JsonObject): boolean {
  if (NAMESPACES.has(name))
    return Object.entries(capability).every(([key, value]) => key !== '__proto__' && isJsonObject(value));
  if (name === 'roots')
    return Object.entries(capability).every(([key, value]) => key === 'listChanged' && typeof value === 'boolean');
  const known = Object.hasOwn(EMPTY_CAPABILITIES, name) ? EMPTY_CAPABILITIES[name] : undefined;
  if (known === undefined) return false;
  return Object.entries(capability).every(
    ([key, value]) => known.includes(key) && isJsonObject(value) && Object.keys(value).length === 0,
  );
}
