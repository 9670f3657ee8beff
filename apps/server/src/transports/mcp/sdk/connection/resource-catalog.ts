import { sanitizeJson, sanitizeText } from '@mcp/tool-base';
import {
  ResourceNotFoundError,
  UriTemplate,
  type Resource,
  type ResourceTemplateType,
} from '@modelcontextprotocol/server';

import { hasScope, type Principal } from '../../../../access/principal.ts';
import type { CatalogReader } from '../../../../catalog/catalog-reader.ts';
import { OfferedResources, type ResourceSource } from '../../../../catalog/offered-resources.ts';
import type {
  CallerResource,
  FixedResource,
  ResourceBody,
  ResourceContents,
  ResourceDefinition,
  ResourceDescription,
  TemplatedResource,
} from '../../../../catalog/resources.ts';
import { within, type TimeLimit } from '../../../../catalog/time-limit.ts';

/** Every resource the server offers: its own, and those of user modules. */
export class ResourceCatalog {
  readonly #fixed = new Map<string, FixedResource | CallerResource>();
  readonly #templated: { definition: TemplatedResource; template: UriTemplate }[] = [];

  readonly #offered: OfferedResources;
  readonly #limit: TimeLimit | undefined;

  /**
   * @param offered those of upstreams; this server's own come first
   * @param limit how long the code of a definition may run
   */
  constructor(
    definitions: readonly (ResourceDefinition | CallerResource)[],
    offered: OfferedResources = new OfferedResources(),
    limit?: TimeLimit,
  ) {
    this.#offered = offered;
    this.#limit = limit;
    for (const definition of definitions) {
      if ('uri' in definition) {
        if (this.#fixed.has(definition.uri))
          throw new Error(`The resource ${definition.uri} is defined more than once.`);
        this.#fixed.set(definition.uri, definition);
      } else {
        this.#templated.push({ definition, template: new UriTemplate(definition.uriTemplate) });
      }
    }
  }

  list(principal: Principal): Resource[] {
    const own = [...this.#fixed.values()]
      .filter((definition) => isOpenTo(definition, principal))
      .map((definition) => ({ uri: definition.uri, ...describe(definition) }));
    return [...own, ...this.#offered.visibleTo(principal).flatMap(({ resources }) => resources)];
  }

  templates(principal: Principal): ResourceTemplateType[] {
    const own = this.#templated
      .filter(({ definition }) => isOpenTo(definition, principal) && definition.isOfferedTo?.(principal) !== false)
      .map(({ definition }) => ({ uriTemplate: definition.uriTemplate, ...describe(definition) }));
    const offered = this.#offered.visibleTo(principal).flatMap(({ templates }) => templates);
    return [...own, ...offered.map((template) => ({ uriTemplate: template.uri, ...describe(template) }))];
  }

  /** @throws {ResourceNotFoundError} when there is none at `uri`, or not for this caller */
  async read(uri: string, reader: CatalogReader): Promise<ResourceContents[]> {
    const { principal } = reader;
    const source = this.#sourceOf(uri, principal);
    if (source) {
      const contents = await source.read(uri, reader);
      if (contents === undefined) throw notFound(uri);
      return contents;
    }
    const found = this.#find(uri, principal);
    if (!found) throw notFound(uri);
    const body = await within(this.#limit, `The resource ${found.definition.name}`, () => found.read());
    if (body === undefined) throw notFound(uri);
    return toContents(uri, found.definition.mimeType, body);
  }

  /** @throws {ResourceNotFoundError} when there is no such resource for this caller */
  assertKnown(uri: string, principal: Principal): void {
    if (!this.#sourceOf(uri, principal) && !this.#find(uri, principal)) throw notFound(uri);
  }

  /** Hears of changes of a resource until the result is disposed; those of this server's own are reported in any case. */
  follow(uri: string, principal: Principal): Disposable | undefined {
    return this.#sourceOf(uri, principal)?.subscribe(uri);
  }

  async complete(
    uriTemplate: string,
    argument: { name: string; value: string },
    reader: CatalogReader,
  ): Promise<readonly string[]> {
    const { principal } = reader;
    const source = this.#sourceOf(uriTemplate, principal);
    if (source) return source.complete(uriTemplate, argument, reader);
    const known = this.#templated.find(({ definition }) => definition.uriTemplate === uriTemplate);
    if (!known || !isOpenTo(known.definition, principal)) return [];
    const values = known.definition.values?.(argument.name, principal) ?? [];
    return values.filter((value) => value.startsWith(argument.value));
  }

  #sourceOf(uri: string, principal: Principal): ResourceSource | undefined {
    return this.#fixed.has(uri) ? undefined : this.#offered.find(uri, principal);
  }

  #find(
    uri: string,
    principal: Principal,
  ): { definition: ResourceDescription; read: () => ReturnType<TemplatedResource['read']> } | undefined {
    const fixed = this.#fixed.get(uri);
    if (fixed)
      return isOpenTo(fixed, principal)
        ? { definition: fixed, read: () => ('readFor' in fixed ? fixed.readFor(principal) : fixed.read()) }
        : undefined;
    for (const { definition, template } of this.#templated) {
      const variables = definition.match ? definition.match(uri) : onlyStrings(template.match(uri));
      if (variables && isOpenTo(definition, principal)) {
        return { definition, read: () => definition.read(variables, principal) };
      }
    }
    return undefined;
  }
}

function notFound(uri: string): ResourceNotFoundError {
  return new ResourceNotFoundError(sanitizeText(uri).text);
}

function isOpenTo(definition: ResourceDescription, principal: Principal): boolean {
  return definition.scope === undefined || hasScope(principal, definition.scope);
}

function describe({ name, title, description, mimeType }: ResourceDescription): Omit<Resource, 'uri'> {
  return {
    name,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(mimeType !== undefined && { mimeType }),
  };
}

/** Without control characters in texts, as results of tools are. */
function toContents(uri: string, mimeType: string | undefined, body: ResourceBody): ResourceContents[] {
  const head = { uri, ...(mimeType !== undefined && { mimeType }) };
  if (typeof body === 'string') return [{ ...head, text: sanitizeText(body).text }];
  if (body instanceof Uint8Array) return [{ ...head, blob: Buffer.from(body).toString('base64') }];
  // A copy, since what is checked must be what is sent, and a module can give an object of which parts change or throw.
  const copy: unknown = Array.isArray(body) ? sanitizeJson(JSON.parse(JSON.stringify(body))) : undefined;
  if (!Array.isArray(copy) || !copy.every(isContents)) {
    throw new TypeError(`read() of ${uri} must return text, bytes, or an array of { uri, text } or { uri, blob }.`);
  }
  return copy as ResourceContents[];
}

function isContents(item: unknown): boolean {
  const { uri, text, blob } = (item ?? {}) as Partial<Record<string, unknown>>;
  return typeof uri === 'string' && (typeof text === 'string' || typeof blob === 'string');
}

function onlyStrings(variables: Record<string, string | string[]> | null): Record<string, string> | undefined {
  if (!variables) return undefined;
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]),
  );
}
