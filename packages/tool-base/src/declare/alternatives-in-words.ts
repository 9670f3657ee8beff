import { valuesOf } from './merge-properties.ts';

/** One of several objects of arguments. */
export interface Alternative {
  readonly properties: ReadonlyMap<string, unknown>;
  readonly required: ReadonlySet<string>;
}

/**
 * Which arguments go together, such as `With kind "file": path. With kind "url": url, optionally timeout.` or
 * `Give exactly one of id, name.`; empty where the alternatives differ in nothing that is to be given.
 * @param exclusive whether more than one at once is refused
 */
export function alternativesInWords(alternatives: readonly Alternative[], exclusive: boolean): string {
  const [first, ...others] = alternatives;
  if (first === undefined || others.length === 0) return '';
  const everywhere = new Set(
    [...first.properties.keys()].filter((name) => others.every(({ properties }) => properties.has(name))),
  );
  const always = new Set([...first.required].filter((name) => others.every(({ required }) => required.has(name))));
  const parts = alternatives.map(({ properties, required }) => ({
    when: [...required].flatMap((name) => (everywhere.has(name) ? fixedValue(name, properties.get(name)) : [])),
    needed: [...required].filter((name) => !always.has(name)),
    optional: [...properties.keys()].filter((name) => !required.has(name) && !everywhere.has(name)),
  }));
  if (parts.every(({ when }) => when.length > 0)) {
    return parts
      .map(({ when, ...names }) => `With ${when.join(' and ')}: ${listed(names) || 'nothing else'}.`)
      .join(' ');
  }
  const forms = parts.map(listed);
  if (new Set(forms).size === 1 || forms.includes('')) return '';
  const single = parts.every(({ needed, optional }) => needed.length === 1 && optional.length === 0);
  if (single) return `Give ${exclusive ? 'exactly' : 'at least'} one of ${[...new Set(forms)].join(', ')}.`;
  return `Give ${exclusive ? 'exactly one' : 'one'} of these: ${forms.join('; or ')}.`;
}

function fixedValue(name: string, schema: unknown): readonly string[] {
  const values = valuesOf(schema);
  return values === undefined ? [] : [`${name} ${values.map((value) => JSON.stringify(value)).join(' or ')}`];
}

function listed({
  needed,
  optional,
}: {
  readonly needed: readonly string[];
  readonly optional: readonly string[];
}): string {
  const optionally = optional.length === 0 ? [] : [`optionally ${optional.join(', ')}`];
  return [...(needed.length === 0 ? [] : [needed.join(', ')]), ...optionally].join(', ');
}
