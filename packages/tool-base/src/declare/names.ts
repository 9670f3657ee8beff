/** The names that tools, parameters and flags may have. */

/** The rule of MCP for tool names. A name must also pass {@link isToolName}. */
export const TOOL_NAME: RegExp = /^[A-Za-z0-9_.-]{1,128}$/;

/** A parameter's name. It must also pass {@link isParameterName}. */
export const PARAMETER_NAME: RegExp = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** `-c`, `--count` or dig's `+short`. */
export const FLAG_TOKEN: RegExp = /^(?:--?|\+)[A-Za-z0-9?#:][A-Za-z0-9_.:-]{0,63}$/;

/** Properties that every plain object has, such as `constructor`: as a key they would be found without having been set. */
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Arguments that every command tool has already. */
const BUILT_IN_PARAMETERS: ReadonlySet<string> = new Set(['target', 'extraArgs']);

/** 1 to 128 letters, digits, `_`, `.` or `-`, and not the name of a property that every object has. */
export function isToolName(text: string): boolean {
  // Declarations may come from JavaScript, where a missing name would be tested as the text "undefined".
  return typeof text === 'string' && TOOL_NAME.test(text) && !INHERITED.has(text);
}

/** Letters, digits and `_`, at most 64, not starting with a digit; neither `target` nor `extraArgs`, which are taken. */
export function isParameterName(text: string): boolean {
  return PARAMETER_NAME.test(text) && !INHERITED.has(text) && !BUILT_IN_PARAMETERS.has(text);
}

/** Whether a text is a flag: `-c`, `--count` or `+short`. */
export function isFlagToken(text: string): boolean {
  return FLAG_TOKEN.test(text);
}
