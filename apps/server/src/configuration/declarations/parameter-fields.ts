import {
  boolean,
  choice,
  group,
  optional,
  path,
  text,
  variant,
  type AnyField,
  type Field,
  type GroupProblem,
} from '@mcp/config';
import {
  MAX_ARGUMENT_BYTES,
  MAX_LINES_LENGTH,
  MAX_PATTERN_LENGTH,
  matchesPattern,
  patternProblem,
  TARGET_KINDS,
  type TextCharacters,
} from '@mcp/tool-base';

import { flagToken, resolveMode } from '../fields/command-fields.ts';
import type { ParameterDeclaration } from '../shape/tool-declaration.ts';
import { anyNumber, bounds, boundsProblems, enumValues, lengthProblems, lengths } from './value-limits.ts';

export function parameterField(): Field<ParameterDeclaration> {
  const numeric = (whole: boolean): AnyField =>
    group<NumericParameter>(
      {
        ...base,
        ...bounds(whole),
        default: optional(anyNumber(whole, 'The value when a call gives none.')),
      },
      { doc: whole ? 'A whole number.' : 'A number.', check: (value) => boundsProblems(value, value.default) },
    );
  return variant<ParameterDeclaration>(
    {
      target: group<Parameter<'target'>>(
        {
          ...base,
          kind: choice(TARGET_KINDS, { doc: 'What kind of target it is.' }),
          resolve: resolveMode(),
        },
        { doc: 'One more target, held to the same policy as the tool’s own.' },
      ),
      integer: numeric(true),
      number: numeric(false),
      enum: group<Parameter<'enum'>>(
        {
          ...base,
          values: enumValues(),
          default: optional(text({ doc: 'The value when a call gives none.', maxLength: 256 })),
        },
        {
          doc: 'One of a few words.',
          check: ({ values, default: value }) =>
            value === undefined || values.includes(value)
              ? []
              : [{ path: ['default'], message: 'is not one of the values' }],
        },
      ),
      string: group<Parameter<'string'>>(
        {
          ...base,
          ...lengths(MAX_LINES_LENGTH),
          characters: choice(['ascii', 'text', 'lines'], {
            doc: 'ascii: printable ASCII; text: any printable Unicode, in one line; lines: the same in several lines, for stdin.',
            default: 'ascii',
          }),
          pattern: optional(
            text({
              doc: 'A regular expression in the syntax of RE2, which the whole value must match.',
              maxLength: MAX_PATTERN_LENGTH,
              accepts: (pattern) => patternProblem(pattern, 1) === undefined,
              expected: 'a regular expression without lookaround and back references, such as [a-z0-9-]+',
            }),
          ),
          default: optional(
            text({ doc: 'The value when a call gives none.', minLength: 0, maxLength: MAX_ARGUMENT_BYTES }),
          ),
        },
        { doc: 'A text.', check: textProblems },
      ),
      path: group<Parameter<'path'>>(
        {
          ...base,
          within: path({
            doc: 'The folder that holds it. Links are followed, and one that leads out of it is refused.',
          }),
          kind: choice(['file', 'folder', 'any'], {
            doc: 'What it must be; any: a file or a folder.',
            default: 'file',
          }),
          default: optional(text({ doc: 'The value when a call gives none, relative to within.', maxLength: 1024 })),
        },
        { doc: 'A file or folder that exists, for a program. It gets the absolute path.' },
      ),
      ports: group<Parameter<'ports'>>(
        {
          ...base,
          default: optional(
            text({
              doc: 'The value when a call gives none.',
              pattern: /^\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*$/,
              expected: "ports such as '22,80,8000-8010'",
            }),
          ),
        },
        { doc: 'Ports and port ranges.' },
      ),
      boolean: group<Parameter<'boolean'>>(
        {
          description: base.description,
          optional: base.optional,
          flag: optional(flagToken('The token that true puts into the arguments of a program; required there.')),
          default: boolean({ doc: 'The value when a call gives none.', default: false }),
        },
        { doc: 'A switch.' },
      ),
    },
    {
      doc: 'A parameter of the tool.',
      otherNames: {
        text: 'string',
        float: 'number',
        choice: 'enum',
        file: 'path',
        folder: 'path',
        host: 'target',
        hostname: 'target',
        ip: 'target',
        url: 'target',
      },
    },
  );
}

type NumericParameter = Omit<Extract<ParameterDeclaration, { type: 'integer' | 'number' }>, 'type'>;

type Parameter<K extends ParameterDeclaration['type']> = Omit<Extract<ParameterDeclaration, { type: K }>, 'type'>;

const base = {
  description: optional(text({ doc: 'What the parameter means, for the model that sets it.', maxLength: 1024 })),
  optional: boolean({ doc: 'Whether a call may leave it out; its place in args then stays empty.', default: false }),
  flag: optional(flagToken('A token put in front of the value.')),
};

function textProblems(value: Parameter<'string'>): GroupProblem[] {
  const { maxLength, characters: allowed, pattern } = value;
  if (allowed !== ('lines' satisfies TextCharacters) && maxLength > MAX_ARGUMENT_BYTES) {
    const suggestion = 'only a text with characters: lines, which a program reads from stdin, may be longer';
    return [{ path: ['maxLength'], message: `(${maxLength}) is above ${MAX_ARGUMENT_BYTES}`, suggestion }];
  }
  const problem = pattern === undefined ? undefined : patternProblem(pattern, maxLength);
  if (problem !== undefined)
    return [{ path: ['pattern'], message: problem, suggestion: 'lower maxLength or the repetitions' }];
  if (pattern !== undefined && value.default !== undefined && !matchesPattern(pattern, value.default)) {
    return [{ path: ['default'], message: `does not match the pattern ${pattern}` }];
  }
  return lengthProblems(value, value.default);
}
