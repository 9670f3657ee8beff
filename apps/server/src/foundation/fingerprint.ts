import { hash } from 'node:crypto';

/** SHA-256 of a JSON value, as base64url: equal for equal values, whatever the order of their members. */
export function fingerprintOf(value: unknown): string {
  return hash('sha256', JSON.stringify(sorted(value)), 'base64url');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  // An object and an array of pairs are not the same.
  return { object: entries.map(([key, member]) => [key, sorted(member)]) };
}
