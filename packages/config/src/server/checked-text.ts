import * as v from 'valibot';
import type { Field } from '../fields/field.ts';
import { custom, isPrintable } from '../fields/scalar-fields.ts';
import type { FieldOptions } from '../fields/scalar-fields.ts';

/** A text judged by a function; `expected` says in words what the function accepts. */
export function checkedText(
  options: FieldOptions,
  expected: string,
  accepts: (text: string) => boolean,
): Field<string> {
  const schema = v.pipe(
    v.string(),
    v.maxLength(2048),
    v.check((text) => isPrintable(text) && accepts(text), 'text'),
  );
  return custom(schema, {
    ...options,
    expected,
    jsonSchema: { type: 'string', maxLength: 2048 },
    fromText: (text) => text.trim(),
  });
}
