/** Bounds, lengths and lists of values, which parameters and flags declare alike. */
import { integer, list, number, text, type Field, type GroupProblem } from '@mcp/config';

const MAX_INTEGER = Number.MAX_SAFE_INTEGER;

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

export function bounds(whole: boolean): { min: Field<number>; max: Field<number> } {
  return { min: anyNumber(whole, 'The smallest value.'), max: anyNumber(whole, 'The largest value.') };
}

export function anyNumber(whole: boolean, doc: string): Field<number> {
  return whole ? integer({ doc, min: -MAX_INTEGER, max: MAX_INTEGER }) : number({ doc, min: -1e15, max: 1e15 });
}

export function boundsProblems({ min, max }: Bounds, value?: number): GroupProblem[] {
  if (min > max) return [{ path: ['min'], message: `(${min}) is above max (${max})` }];
  if (value !== undefined && (value < min || value > max)) {
    return [{ path: ['default'], message: `(${value}) is not between min (${min}) and max (${max})` }];
  }
  return [];
}

export function lengths(max: number): { minLength: Field<number>; maxLength: Field<number> } {
  return {
    minLength: integer({ doc: 'Fewest characters.', min: 0, max, default: 0 }),
    maxLength: integer({ doc: 'Most characters.', min: 1, max }),
  };
}

export function lengthProblems(
  { minLength = 0, maxLength }: { minLength?: number | undefined; maxLength: number },
  value?: string,
): GroupProblem[] {
  if (minLength > maxLength)
    return [{ path: ['minLength'], message: `(${minLength}) is above maxLength (${maxLength})` }];
  if (value !== undefined && (value.length < minLength || value.length > maxLength)) {
    return [{ path: ['default'], message: `has ${value.length} characters, not ${minLength} to ${maxLength}` }];
  }
  return [];
}

export function enumValues(): Field<readonly string[]> {
  const value = text({
    doc: 'One of the values.',
    maxLength: 256,
    pattern: /^(?!-)/,
    expected: 'a string that does not start with -',
  });
  return list(value, { doc: 'The values that are allowed.', minItems: 1, maxItems: 256, unique: true });
}
