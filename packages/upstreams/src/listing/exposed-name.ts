/** The name under which a tool of an upstream is offered: a function of the key and its own name, so nothing else can change it. */
import { createHash } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const HASH_LENGTH = 8;
/** Model APIs accept no longer names. */
export const MAX_NAME_LENGTH = 64;

export function exposedName(key: string, tool: string, maxLength: number = MAX_NAME_LENGTH): string {
  const name = `${key}_${tool.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;
  if (name.length <= maxLength) return name;
  return `${name.slice(0, maxLength - HASH_LENGTH - 1)}_${shortHash(`${key}_${tool}`)}`;
}

function shortHash(text: string): string {
  const digest = createHash('sha256').update(text).digest();
  return [...digest.subarray(0, HASH_LENGTH)].map((byte) => BASE32[byte & 31]).join('');
}
