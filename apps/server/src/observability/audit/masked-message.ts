/** Shorter values would match parts of ordinary words. */
const MIN_VALUE_LENGTH = 3;
const MAX_VALUES = 32;

/**
 * An error message without the values of the call's text arguments, each replaced by the name of its argument in angle
 * brackets: an audit log that records arguments by shape must not hold them in another field.
 */
export function maskedMessage(message: string, values: unknown): string {
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(values ?? {})) {
    for (const text of [value].flat(3)) {
      if (typeof text !== 'string' || text.length < MIN_VALUE_LENGTH || names.size >= MAX_VALUES) continue;
      names.set(text.toLowerCase(), name);
    }
  }
  if (names.size === 0) return message;
  // The longest first: one value may be the beginning of another.
  const texts = [...names.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(texts.map((text) => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')).join('|'), 'gi');
  return message.replaceAll(pattern, (text) => `<${names.get(text.toLowerCase()) ?? ''}>`);
}
