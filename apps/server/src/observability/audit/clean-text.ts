import { replaceHidden } from '@mcp/tool-base';

/** At most `max` characters; hidden ones become U+FFFD (PostgreSQL can store neither NUL nor halves of characters). */
export function cleanText(text: string, max: number): string {
  return replaceHidden(text.length > max ? text.slice(0, max) : text, () => '\ufffd');
}
