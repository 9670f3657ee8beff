/** Maximum length of a label value of the user, in UTF-16 units. MCP allows tool names of up to 128 characters. */
const MAX_LABEL_LENGTH = 128;

/** Control, format, surrogate, private-use and line-separator characters: with them two different names can look the same. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** True for a string that may become a label value: 1 to {@link MAX_LABEL_LENGTH} printable characters. */
export function isLabelValue(text: unknown): text is string {
  return typeof text === 'string' && text.length > 0 && text.length <= MAX_LABEL_LENGTH && !UNPRINTABLE.test(text);
}
