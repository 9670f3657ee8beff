import { createHash, randomBytes } from 'node:crypto';

const ID_BYTES = 20;
const JOB_ID = /^[A-Za-z0-9_-]{27}$/;

export function newJobId(): string {
  return randomBytes(ID_BYTES).toString('base64url');
}

/** Whether there can be a job of this id; nothing else is looked up. */
export function isJobId(text: unknown): text is string {
  return typeof text === 'string' && JOB_ID.test(text);
}

/** Equal for equal arguments, whatever the order of their members. */
export function fingerprintOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('base64url');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  // An object and an array of pairs are not the same.
  return { object: entries.map(([key, member]) => [key, sorted(member)]) };
}
