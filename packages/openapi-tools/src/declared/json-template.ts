import { TextTemplate } from './text-template.ts';

type Fill = (valueOf: (placeholder: string) => unknown) => unknown;

/** JSON in which texts may hold placeholders. Keys are fixed. */
export class JsonTemplate {
  readonly placeholders: readonly string[];
  readonly #fill: Fill;

  constructor(value: unknown) {
    const placeholders: string[] = [];
    this.#fill = compile(value, placeholders);
    this.placeholders = placeholders;
  }

  /** A member or item whose placeholder has no value is left out. */
  fill(valueOf: (placeholder: string) => unknown): unknown {
    return this.#fill(valueOf);
  }
}

function compile(value: unknown, placeholders: string[]): Fill {
  if (typeof value === 'string') {
    const template = new TextTemplate(value);
    placeholders.push(...template.placeholders);
    const { only } = template;
    return only === undefined ? (valueOf) => template.fill(valueOf, (text) => text) : (valueOf) => valueOf(only);
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => compile(item, placeholders));
    return (valueOf) => items.map((item) => item(valueOf)).filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) return () => value;
  const members = Object.entries(value).map(([key, member]) => [key, compile(member, placeholders)] as const);
  // JSON leaves out members without a value.
  return (valueOf) => Object.fromEntries(members.map(([key, member]) => [key, member(valueOf)]));
}
