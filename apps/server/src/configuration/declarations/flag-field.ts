import { choice, group, variant, type AnyField, type Field } from '@mcp/config';
import { MAX_ARGUMENT_BYTES } from '@mcp/tool-base';

import type { FlagDeclaration } from '../shape/tool-declaration.ts';
import { bounds, boundsProblems, enumValues, lengthProblems, lengths, type Bounds } from './value-limits.ts';

interface TextLimits {
  readonly minLength: number;
  readonly maxLength: number;
  readonly characters: 'ascii' | 'text';
}

export function flagField(): Field<FlagDeclaration> {
  const numeric = (whole: boolean): AnyField =>
    group<Bounds>(bounds(whole), {
      doc: whole ? 'A whole number.' : 'A number.',
      check: (value) => boundsProblems(value),
    });
  return variant<FlagDeclaration>(
    {
      none: group<object>({}, { doc: 'The flag takes no value.' }),
      integer: numeric(true),
      number: numeric(false),
      enum: group({ values: enumValues() }, { doc: 'One of a few words.' }),
      text: group<TextLimits>(
        { ...lengths(MAX_ARGUMENT_BYTES), characters: characters() },
        { doc: 'A text.', check: (value) => lengthProblems(value) },
      ),
      ports: group<object>({}, { doc: 'Ports and port ranges.' }),
    },
    { doc: 'What the flag takes.', words: ['none', 'ports'] },
  );
}

function characters(): Field<'ascii' | 'text'> {
  return choice(['ascii', 'text'], {
    doc: 'ascii: printable ASCII; text: any printable Unicode, in one line.',
    default: 'ascii',
  });
}
