import type { Principal } from '../access/principal.ts';
import { NO_CLIENT_INPUT, type ClientRequests } from '@mcp/tool-base';
import type { GetPromptResult, Prompt } from '@modelcontextprotocol/server';

import { InvalidParamsError } from './invalid-params-error.ts';

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

export class PromptCatalog {
  readonly #byName = new Map<string, PromptDefinition>();
  readonly #off = new Set<string>();
  readonly #changed: () => void;

  /** @param changed called after each change of what is offered */
  constructor(definitions: readonly PromptDefinition[], changed: () => void = () => {}) {
    this.#changed = changed;
    for (const definition of definitions) {
      if (this.#byName.has(definition.name))
        throw new Error(`The prompt ${definition.name} is defined more than once.`);
      this.#byName.set(definition.name, definition);
    }
  }

  list(): Prompt[] {
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
    values: Record<string, string> = {},
    client: ClientRequests = NO_CLIENT_INPUT,
  ): Promise<GetPromptResult> {
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
    const rendered = await prompt.render(values, client);
    return {
      ...(prompt.description !== undefined && { description: prompt.description }),
      messages: typeof rendered === 'string' ? [{ role: 'user', content: { type: 'text', text: rendered } }] : rendered,
    };
  }

  async complete(name: string, argument: { name: string; value: string }, principal: Principal): Promise<string[]> {
    const parameter = this.#find(name).arguments?.find((candidate) => candidate.name === argument.name);
    const candidates = (await parameter?.complete?.(argument.value, principal)) ?? [];
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

  #find(name: string): PromptDefinition {
    const prompt = this.#byName.get(name);
    if (!prompt || this.#off.has(name))
      throw new InvalidParamsError('There is no such prompt. List the prompts to see what is offered.');
    return prompt;
  }
}
