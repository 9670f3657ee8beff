/** Longest label value taken from outside, in UTF-16 units. MCP allows tool names of up to 128 characters. */
const MAX_LABEL_LENGTH = 128;

/** Control, format, surrogate, private-use and line-separator characters: they hide differences between two names. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** True for a text that may become a label value: 1 to {@link MAX_LABEL_LENGTH} units, printable throughout. */
export function isLabelValue(text: unknown): text is string {
  return typeof text === 'string' && text.length > 0 && text.length <= MAX_LABEL_LENGTH && !UNPRINTABLE.test(text);
}
