/** Returned values that JSON would write without a word as something else. */

/**
 * What is lost when `value` is written as JSON: the contents of a Map, a generator, a Response, an Error or a Promise that
 * was not awaited, all of which are written as `{}`.
 *
 * @param json the same value, written
 * @returns undefined when nothing is
 */
export function lostInJson(value: object, json: string): string | undefined {
  if (!json.includes('{}')) return undefined;
  let lost: string | undefined;
  JSON.stringify(value, (key, member: unknown) => {
    if (lost === undefined && isOpaque(member))
      lost = `${where(key)} is a ${member.constructor.name}, whose contents JSON cannot hold`;
    return lost === undefined ? member : undefined;
  });
  return lost;
}

function where(key: string): string {
  return key === '' ? 'what run() returned' : `the member ${JSON.stringify(key)} of what run() returned`;
}

/** An instance of a class, and nothing of it is written. */
function isOpaque(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A plain object of another realm has a prototype without one.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return false;
  return Object.keys(value).length === 0;
}

const MEMBERS: ReadonlySet<string> = new Set(['content', 'structuredContent', 'isError', '_meta']);
const BLOCKS: ReadonlySet<unknown> = new Set(['text', 'image', 'audio', 'resource', 'resource_link']);

/** Whether it is what handlers of the MCP SDK return, which a model would get as JSON in a text. Never throws. */
export function isMcpResult(value: object): boolean {
  try {
    if (!('content' in value) || !Array.isArray(value.content) || value.content.length === 0) return false;
    return Object.keys(value).every((key) => MEMBERS.has(key)) && value.content.every(isBlock);
  } catch {
    return false;
  }
}

function isBlock(item: unknown): boolean {
  return typeof item === 'object' && item !== null && 'type' in item && BLOCKS.has(item.type);
}
