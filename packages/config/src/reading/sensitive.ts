/** Values that may hold a secret although their field is none: no message and no snippet shows them. */
import type { MapEntry, Node, Place } from './node.ts';

const WORDS = 'token|secret|password|passwd|pwd|passphrase|api[-_]?key|access[-_]?key|private[-_]?key|credentials?';

/** Keys whose values, at any depth, are given to programs and other servers, or are named like a secret. */
const SENSITIVE_KEY = new RegExp(
  `^(?:env|environment|secrets?|headers?|key|sig|signature|authorization|cookie|bearer|.*(?:${WORDS}))$`,
  'i',
);

/** Below these, names are chosen by the author of the file: a parameter named token holds none. */
const FREE_NAMES: ReadonlySet<string> = new Set(['tools', 'parameters', 'upstreams', 'apis']);

/** A URL with a user, password or secret parameter; credentials of a header; `password=...`; an assignment in a command line. */
const SENSITIVE_TEXT = new RegExp(
  [
    '//[^\\s"\'`]+@',
    `[?&;](?:[\\w-]*(?:${WORDS}|signature|auth)|key|sig|code|jwt|pass)=`,
    '\\b(?:bearer|basic)\\s+\\S{4}',
    `(?:${WORDS}|authorization|cookie)["']?\\s*[=:]\\s*\\S`,
  ].join('|'),
  'i',
);

/** An option of a program whose value is the next argument. */
const SECRET_OPTION = new RegExp(`^--?(?:[\\w-]*(?:${WORDS})|user|header|H|u|p)$`);

/** Items of lists that follow such an option. */
const optionValues = new WeakSet<Node>();

export function markOptionValues(items: readonly Node[]): void {
  for (const [index, item] of items.entries()) {
    const next = items[index + 1];
    if (next !== undefined && item.kind === 'scalar' && SECRET_OPTION.test(String(item.value))) optionValues.add(next);
  }
}

export function isSensitiveText(text: string): boolean {
  return SENSITIVE_TEXT.test(text);
}

/** Whether the value at `path` may hold a secret. */
export function isSensitive(node: Node, path: readonly string[]): boolean {
  if (optionValues.has(node) || (node.kind === 'scalar' && isSensitiveText(String(node.value)))) return true;
  return path.some((name, index) => SENSITIVE_KEY.test(name) && !FREE_NAMES.has(path[index - 1] ?? ''));
}

/** Places of all such values below `node`, and of keys into which a value ran because a space after the colon is missing. */
export function sensitivePlaces(node: Node, path: readonly string[] = []): Place[] {
  if (node.kind === 'scalar') return node.place !== undefined && isSensitive(node, path) ? [node.place] : [];
  if (node.kind === 'list') {
    markOptionValues(node.items);
    return node.items.flatMap((item, index) => sensitivePlaces(item, [...path, String(index)]));
  }
  return node.entries.flatMap((entry) => [
    ...(holdsValue(entry) && entry.keyPlace !== undefined ? [entry.keyPlace] : []),
    ...sensitivePlaces(entry.node, [...path, entry.key]),
  ]);
}

/** `apiKey:VALUE` without the space is a key, and its value is null. */
export function holdsValue({ key, node }: MapEntry): boolean {
  return isSensitiveText(key) || (/[:=]/.test(key) && node.kind === 'scalar' && node.value === null);
}
