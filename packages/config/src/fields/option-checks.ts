/** Checks of the options of field builders, for callers without TypeScript. */

/** @throws {TypeError} when the options are missing */
export function requireOptions(builder: string, options: unknown): void {
  if (typeof options === 'object' && options !== null) return;
  throw new TypeError(`${builder} needs options, such as { doc: '...' }, not ${shown(options)}`);
}

/** @throws {TypeError} when the option is not a string */
export function requireString(builder: string, option: string, value: unknown): void {
  if (typeof value !== 'string') throw new TypeError(`${builder} needs ${option}, a string, not ${shown(value)}`);
}

/** @throws {TypeError} when a bound is not a number, or the minimum is above the maximum */
export function requireRange(builder: string, names: readonly [string, string], min: unknown, max: unknown): void {
  const [minName, maxName] = names;
  for (const [name, value] of [[minName, min] as const, [maxName, max] as const]) {
    if (typeof value !== 'number' || Number.isNaN(value)) {
      throw new TypeError(`${builder} needs ${name}, a number, not ${shown(value)}`);
    }
  }
  if ((min as number) > (max as number)) {
    throw new TypeError(`${builder}: ${minName} (${shown(min)}) is above ${maxName} (${shown(max)})`);
  }
}

/** @throws {TypeError} when the value was not made by a field builder */
export function requireField(builder: string, name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && 'kind' in value) return;
  throw new TypeError(`${builder} needs ${name}, a field such as text({ doc: '...' }), not ${shown(value)}`);
}

/** @throws {TypeError} when the value is not a regular expression */
export function requirePattern(builder: string, option: string, value: unknown): void {
  if (!(value instanceof RegExp)) {
    throw new TypeError(`${builder} needs ${option}, a regular expression, not ${shown(value)}`);
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
