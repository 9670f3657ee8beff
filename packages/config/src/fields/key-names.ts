/** Keys that would reach an object's prototype instead of naming a setting. */
const prototypeKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export function isPrototypeKey(key: string): boolean {
  return prototypeKeys.has(key);
}

/** `maxArgsLength` -> `max_args_length`. */
export function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The environment variable of a path: `MCP` + `security.maxArgsLength` -> `MCP_SECURITY_MAX_ARGS_LENGTH`. */
export function environmentName(prefix: string, path: readonly string[]): string {
  return [prefix, ...path.map(snakeCase)]
    .filter((part) => part !== '')
    .join('_')
    .toUpperCase();
}
