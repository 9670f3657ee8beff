/** The keys that programs have in several places of the configuration. */
import { choice, list, text, textOrMapping, type Field } from '@mcp/config';
import { FLAG_TOKEN, RESOLVE_MODES, type ArgumentItem, type ResolveMode } from '@mcp/tool-base';

/** An absolute path without `.` and `..`, or a bare program name; no characters that a shell would expand. */
export const COMMAND_PATTERN: RegExp =
  /^(?:\/(?:(?!\.{1,2}(?:\/|$))[A-Za-z0-9_.+@-]+\/)*(?!\.{1,2}$)[A-Za-z0-9_.+@-]+|[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127})$/;

const MAX_ARGUMENT_LENGTH = 4096;

export function commandField(doc: string): Field<string> {
  return text({
    doc,
    pattern: COMMAND_PATTERN,
    maxLength: 4096,
    expected: 'an absolute path such as /usr/bin/ping, or a bare program name',
    hint: commandHint,
  });
}

function commandHint(value: string): string | undefined {
  if (/[|&;<>`]/.test(value)) {
    return 'name one program: no shell reads this; put pipes, redirections and several commands into a script of your own';
  }
  const [program = '', ...words] = value.trim().split(/\s+/);
  if (words.length > 0 && COMMAND_PATTERN.test(program)) {
    return `write command: ${program}, and the rest as args: [${words.map((word) => `'${word}'`).join(', ')}]`;
  }
  if (/^(?:~|\.{1,2})\//.test(value))
    return 'write the absolute path: a command is found the same way wherever the server starts';
  if (value.includes('$')) return 'write the path itself: variables inside values are not expanded here';
  return value.includes('/')
    ? 'write the whole path in letters, digits and _ . + @ -, without . and .. as parts'
    : undefined;
}

export function argumentsField(doc: string): Field<readonly string[]> {
  return list(text({ doc: 'One argument.', minLength: 0, maxLength: MAX_ARGUMENT_LENGTH }), {
    doc,
    default: [],
    maxItems: 256,
  });
}

/** Arguments with placeholders; `{ literal: text }` is fixed text in which braces have no meaning. */
export function templateField(doc: string): Field<readonly ArgumentItem[]> {
  const item = textOrMapping('literal', {
    doc: 'One argument.',
    minLength: 0,
    maxLength: MAX_ARGUMENT_LENGTH,
    mappingDoc: 'for text in which braces have no meaning',
  });
  return list(item, { doc, default: [], maxItems: 256 });
}

export function flagToken(doc: string): Field<string> {
  return text({ doc, pattern: FLAG_TOKEN, expected: 'a flag such as -c or --count' });
}

export function resolveMode(): Field<ResolveMode> {
  return choice(RESOLVE_MODES, {
    doc: 'pin: names are resolved, every address must be allowed, and the checked address is used; check: resolved and checked only; off: the name alone is checked.',
    default: 'pin',
  });
}
