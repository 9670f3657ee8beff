/** Sets the value at a path of nested objects, making those that are missing. */
export function setAt(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = target;
  for (const part of path.slice(0, -1)) {
    at[part] ??= {};
    at = at[part] as Record<string, unknown>;
  }
  const last = path.at(-1);
  if (last !== undefined) at[last] = value;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The value at a path of plain objects. */
export function valueAt(values: unknown, path: readonly string[]): unknown {
  let at = values;
  for (const part of path) at = isPlainObject(at) && Object.hasOwn(at, part) ? at[part] : undefined;
  return at;
}
