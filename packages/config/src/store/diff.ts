import { sameValue } from './frozen.ts';
import { isPlainObject } from '../fields/plain-object.ts';
import { pathText } from '../describe/problems.ts';
import { redacted } from '../fields/secret.ts';

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

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function shown(value: unknown): string {
  return value === undefined ? 'unset' : JSON.stringify(value);
}
