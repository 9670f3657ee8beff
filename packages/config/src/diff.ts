import { sameValue } from './frozen.ts';
import { isPlainObject } from './node.ts';
import { pathText } from './problems.ts';
import { REDACTED, Secret } from './secret.ts';

/** One difference between two configurations. Secrets are shown as `[redacted]` on both sides. */
export interface Change {
  readonly path: readonly string[];
  readonly kind: 'added' | 'removed' | 'changed';
  readonly from: unknown;
  readonly to: unknown;
}

/** Every difference, by path; lists are compared as a whole. */
export function diff(previous: unknown, next: unknown, path: readonly string[] = []): Change[] {
  if (sameValue(previous, next)) return [];
  if (isPlainObject(previous) && isPlainObject(next)) {
    const keys = new Set([...Object.keys(previous), ...Object.keys(next)]);
    return [...keys].flatMap((key) => diff(own(previous, key), own(next, key), [...path, key]));
  }
  const kind = previous === undefined ? 'added' : next === undefined ? 'removed' : 'changed';
  return [{ path, kind, from: redacted(previous), to: redacted(next) }];
}

/** `server.port: 8080 -> 9090` */
export function changeText({ path, from, to }: Change): string {
  return `${pathText(path)}: ${shown(from)} -> ${shown(to)}`;
}

/** A copy of plain values in which every secret is the text `[redacted]`. */
export function redacted(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal() === '' ? '' : REDACTED;
  if (Array.isArray(value)) return value.map(redacted);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redacted(item)]));
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function shown(value: unknown): string {
  return value === undefined ? 'unset' : JSON.stringify(value);
}
