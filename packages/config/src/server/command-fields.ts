import { list } from '../fields/composite-fields.ts';
import type { Field } from '../fields/field.ts';
import { choice, text } from '../fields/scalar-fields.ts';
import type { ResolveMode } from './tool-declaration.ts';

export const TARGET_KINDS: readonly ['ip', 'host', 'ip_or_host', 'cidr', 'url'] = [
  'ip',
  'host',
  'ip_or_host',
  'cidr',
  'url',
];

/** `-c`, `--count` or dig's `+short`. */
export const FLAG_TOKEN: RegExp = /^(?:--?|\+)[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** An absolute path without `.` and `..`, or a bare program name; no letters that a shell would expand. */
const COMMAND =
  /^(?:\/(?:(?!\.{1,2}(?:\/|$))[A-Za-z0-9_.+@-]+\/)*(?!\.{1,2}$)[A-Za-z0-9_.+@-]+|[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127})$/;

export function commandField(doc: string): Field<string> {
  return text({
    doc,
    pattern: COMMAND,
    maxLength: 4096,
    expected: 'an absolute path such as /usr/bin/ping, or a bare program name',
    hint: (value) =>
      value.includes('/')
        ? 'write the whole path in letters, digits and _ . + @ -, without . and .. as parts'
        : undefined,
  });
}

export function argumentsField(doc: string): Field<readonly string[]> {
  return list(text({ doc: 'One argument.', minLength: 0, maxLength: 4096 }), { doc, default: [], maxItems: 256 });
}

export function flagToken(doc: string): Field<string> {
  return text({ doc, pattern: FLAG_TOKEN, expected: 'a flag such as -c or --count' });
}

export function resolveMode(): Field<ResolveMode> {
  return choice(['pin', 'check', 'off'], {
    doc: 'pin: names are resolved, every address must be allowed, and the checked address is used; check: resolved and checked only; off: the name alone is checked.',
    default: 'pin',
  });
}
