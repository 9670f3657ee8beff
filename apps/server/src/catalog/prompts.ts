import type { Principal } from '../access/principal.ts';
import { cleanBlock, NO_CLIENT_INPUT, type ClientRequests, type ContentBlock } from '@mcp/tool-base';
import type { GetPromptResult, Prompt } from '@modelcontextprotocol/server';

import type { CatalogReader } from './catalog-reader.ts';
import { InvalidParamsError } from './invalid-params-error.ts';
import { within, type TimeLimit } from './time-limit.ts';

export interface PromptArgument {
  readonly name: string;
  readonly description?: string;
  readonly required?: boolean;
  /** Values to offer while the person types; those that start with the typed text are sent. */
  complete?(typed: string, principal: Principal): readonly string[] | Promise<readonly string[]>;
}

/** A prompt that a person picks in their client. */
export interface PromptDefinition {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly arguments?: readonly PromptArgument[];
  /** The messages: a string is one message of the user. `client` asks who wants the prompt, as a tool can. */
  render(
    values: Readonly<Record<string, string>>,
    client: ClientRequests,
  ): string | GetPromptResult['messages'] | Promise<string | GetPromptResult['messages']>;
}

/** The prompts of one upstream, which come and go while the server runs. Their names are those that clients use. */
export interface PromptSource {
  readonly prompts: readonly Prompt[];
  /** Whether the caller may list and use the prompt. */
  isOpenTo(principal: Principal, name: string): boolean;
  get(name: string, values: Readonly<Record<string, string>>, reader: CatalogReader): Promise<GetPromptResult>;
  complete(
    name: string,
    argument: { readonly name: string; readonly value: string },
    reader: CatalogReader,
  ): Promise<readonly string[]>;
}

export class PromptCatalog {
  readonly #sources = new Map<string, PromptSource>();
  readonly #byName = new Map<string, PromptDefinition>();
  readonly #off = new Set<string>();
  readonly #changed: () => void;
  readonly #limit: TimeLimit | undefined;

  /**
   * @param changed called after each change of what is offered
   * @param limit how long the code of a definition may run
   */
  constructor(definitions: readonly PromptDefinition[], changed: () => void = () => {}, limit?: TimeLimit) {
    this.#changed = changed;
    this.#limit = limit;
    for (const definition of definitions) {
      if (this.#byName.has(definition.name))
        throw new Error(`The prompt ${definition.name} is defined more than once.`);
      this.#byName.set(definition.name, definition);
    }
  }

  /** Puts what an owner offers now in place of what it offered before. */
  offer(owner: string, source: PromptSource | undefined): void {
    if (source === undefined) {
      if (!this.#sources.delete(owner)) return;
    } else this.#sources.set(owner, source);
    this.#changed();
  }

  /** This server's own, then those of upstreams that the caller may see, sorted by owner. */
  list(principal: Principal): Prompt[] {
    const sources = [...this.#sources].sort(([a], [b]) => (a < b ? -1 : 1));
    const offered = sources.flatMap(([, source]) =>
      source.prompts.filter(({ name }) => source.isOpenTo(principal, name) && !this.#byName.has(name)),
    );
    return [...this.#listOwn(), ...offered];
  }

  #listOwn(): Prompt[] {
    const offered = [...this.#byName.values()].filter(({ name }) => !this.#off.has(name));
    return offered.map(({ name, title, description, arguments: parameters }) => ({
      name,
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      ...(parameters && {
        arguments: parameters.map((parameter) => ({
          name: parameter.name,
          ...(parameter.description !== undefined && { description: parameter.description }),
          required: parameter.required ?? false,
        })),
      }),
    }));
  }

  /** @throws {InvalidParamsError} for an unknown prompt and for missing or unknown arguments. */
  async get(
    name: string,
    values: Record<string, string>,
    reader: CatalogReader,
    client: ClientRequests = NO_CLIENT_INPUT,
  ): Promise<GetPromptResult> {
    const source = this.#sourceOf(name, reader.principal);
    if (source) return source.get(name, values, reader);
    const prompt = this.#find(name);
    const parameters = prompt.arguments ?? [];
    const missing = parameters.filter(({ name, required }) => required && !Object.hasOwn(values, name));
    if (missing.length > 0) {
      throw new InvalidParamsError(`The prompt ${prompt.name} needs ${missing.map(({ name }) => name).join(', ')}.`);
    }
    const known = new Set(parameters.map(({ name }) => name));
    const unknown = Object.keys(values).filter((given) => !known.has(given));
    if (unknown.length > 0) {
      throw new InvalidParamsError(
        `The prompt ${prompt.name} takes ${[...known].join(', ') || 'no arguments'} and nothing else.`,
      );
    }
    const rendered = await within(this.#limit, `The prompt ${prompt.name}`, () => prompt.render(values, client));
    return {
      ...(prompt.description !== undefined && { description: prompt.description }),
      messages: messagesOf(rendered, prompt.name),
    };
  }

  async complete(
    name: string,
    argument: { name: string; value: string },
    reader: CatalogReader,
  ): Promise<readonly string[]> {
    const { principal } = reader;
    const source = this.#sourceOf(name, principal);
    if (source) return source.complete(name, argument, reader);
    const parameter = this.#find(name).arguments?.find((candidate) => candidate.name === argument.name);
    const candidates = await within(
      this.#limit,
      `The prompt ${name}`,
      () => parameter?.complete?.(argument.value, principal) ?? [],
    );
    return candidates.filter((candidate) => candidate.startsWith(argument.value));
  }

  /** Offers a prompt, or no longer. @returns false when there is no such prompt */
  switch(name: string, offered: boolean): boolean {
    if (!this.#byName.has(name)) return false;
    if (offered === this.#off.has(name)) {
      if (offered) this.#off.delete(name);
      else this.#off.add(name);
      this.#changed();
    }
    return true;
  }

  #sourceOf(name: string, principal: Principal): PromptSource | undefined {
    if (this.#byName.has(name)) return undefined;
    return [...this.#sources.values()].find(
      (source) => source.prompts.some((prompt) => prompt.name === name) && source.isOpenTo(principal, name),
    );
  }

  #find(name: string): PromptDefinition {
    const prompt = this.#byName.get(name);
    if (!prompt || this.#off.has(name))
      throw new InvalidParamsError('There is no such prompt. List the prompts to see what is offered.');
    return prompt;
  }
}

/**
 * Without control characters, as results of tools are.
 * @throws {TypeError} for what a module returned that is neither text nor messages
 */
function messagesOf(rendered: unknown, name: string): GetPromptResult['messages'] {
  const messages: unknown =
    typeof rendered === 'string' ? [{ role: 'user', content: { type: 'text', text: rendered } }] : rendered;
  if (Array.isArray(messages) && messages.every(isMessage)) {
    try {
      return messages.map(({ role, content }) => ({
        role,
        content: cleanBlock(content as ContentBlock) as typeof content,
      }));
    } catch {
      // Its content lacks what its type needs.
    }
  }
  throw new TypeError(
    `render() of the prompt ${name} must return text, or an array of { role: 'user' or 'assistant', content: { type, ... } }.`,
  );
}

function isMessage(message: unknown): message is GetPromptResult['messages'][number] {
  const { role, content } = (message ?? {}) as Partial<Record<string, unknown>>;
  if (role !== 'user' && role !== 'assistant') return false;
  return typeof content === 'object' && content !== null && 'type' in content && typeof content.type === 'string';
}
