import { HIDDEN } from './hidden-characters.ts';

/** Maximum length of a label value of the user, in UTF-16 units. MCP allows tool names of up to 128 characters. */
const MAX_LABEL_LENGTH = 128;

/** True for 1 to {@link MAX_LABEL_LENGTH} characters without a hidden one, with which two different names could look the same. */
export function isLabelValue(text: unknown): text is string {
  return typeof text === 'string' && text.length > 0 && text.length <= MAX_LABEL_LENGTH && text.search(HIDDEN) < 0;
}
