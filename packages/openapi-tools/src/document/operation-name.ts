import { createHash } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const HASH_LENGTH = 8;

/**
 * The name of a tool: a pure function of its parts, so no other operation changes it. Longer names keep their head and get a hash.
 * @param full `<key>_<operationId>`, or `<key>_<method>_<path>`
 */
export function toolName(full: string, maxLength: number): string {
  const name = full.replaceAll(/[^A-Za-z0-9_-]+/g, '_').replaceAll(/^_+|_+$/g, '');
  if (name.length <= maxLength) return name;
  const digest = createHash('sha256').update(full).digest();
  const hash = Array.from(digest.subarray(0, HASH_LENGTH), (byte) => BASE32[byte % BASE32.length]).join('');
  return `${name.slice(0, maxLength - HASH_LENGTH - 1)}_${hash}`;
}
