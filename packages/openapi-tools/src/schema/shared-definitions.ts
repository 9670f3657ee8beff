import { dereference, type Schema } from '@cfworker/json-schema';
import type { JsonSchema } from '@mcp/tool-base';

import { checkableSchema } from './checkable-schema.ts';

/** What the validator finds by the address of a reference. */
export type Lookup = Record<string, Schema | boolean>;

/**
 * The definitions that the tools of one document refer to, prepared for checking: each once, with the first tool that checks
 * arguments by it. A name stands for the same definition in all of these tools.
 */
export class SharedDefinitions {
  readonly #lookup = Object.create(null) as Lookup;
  readonly #names = new Set<string>();

  /** The addresses of a schema and of the definitions under its `$defs`. */
  lookupOf(root: Schema, definitions: Readonly<Record<string, JsonSchema | boolean>>): Lookup {
    for (const [name, definition] of Object.entries(definitions)) {
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      dereference(checkableSchema(definition) as Schema, this.#lookup, undefined, `/$defs/${name}`);
    }
    return dereference(root, Object.create(this.#lookup) as Lookup);
  }
}
