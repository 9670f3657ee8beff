/** The prompts and resources of an upstream as this server's catalogues offer them, with who may see them. */
import { ToolError } from '@mcp/tool-base';
import type { RequestCaller, UpstreamPrompts, UpstreamResources } from '@mcp/upstreams';
import type { GetPromptResult } from '@modelcontextprotocol/server';

import { hasScope, maySee, type Principal } from '../access/principal.ts';
import type { CatalogReader } from '../catalog/catalog-reader.ts';
import { InvalidParamsError } from '../catalog/invalid-params-error.ts';
import type { ResourceSource } from '../catalog/offered-resources.ts';
import type { PromptSource } from '../catalog/prompts.ts';
import { RequestFailedError } from '../catalog/request-failed-error.ts';
import type { CatalogRequest, UpstreamRequests } from './upstream-requests.ts';
import type { UpstreamContentsConfig } from '../configuration/shape/upstream-config.ts';

type Scoped = Pick<UpstreamContentsConfig, 'scope'>;
type Kind = CatalogRequest['upstream']['request'];

export interface ContentParts {
  /** What every request of a caller passes. */
  readonly requests: UpstreamRequests;
  /** The protocol era that was spoken last. */
  readonly era: () => string | undefined;
}

/** A prompt has a name like a tool's, so the same scopes cover it. */
export function promptSource(
  key: string,
  prompts: UpstreamPrompts,
  { scope }: Scoped,
  parts: ContentParts,
): PromptSource {
  const { requests, era } = parts;
  const make = <T>(
    name: string,
    request: Kind,
    given: unknown,
    reader: CatalogReader,
    ask: () => Promise<T>,
  ): Promise<T> => {
    const upstream = { name: key, tool: prompts.ownName(name), era: era(), request };
    return answered(() => requests.make({ name, limitedAs: name, upstream, arguments: given, reader }, ask));
  };
  return {
    prompts: prompts.offered.map(({ arguments: parameters, ...prompt }) => ({
      ...prompt,
      ...(parameters && { arguments: parameters.map((parameter) => ({ ...parameter })) }),
    })),
    isOpenTo: (principal, name) => hasScopeOf(principal, scope) && maySee(principal, name),
    get: (name, values, reader) =>
      make(
        name,
        'prompts/get',
        values,
        reader,
        async () => (await prompts.get(name, values, callerOf(reader))) as GetPromptResult,
      ),
    complete: (name, argument, reader) =>
      make(name, 'completion/complete', argument, reader, () => prompts.complete(name, argument, callerOf(reader))),
  };
}

/** Resources have no such names: they are for callers whose scopes cover every tool of the upstream. */
export function resourceSource(
  key: string,
  resources: UpstreamResources,
  { scope }: Scoped,
  parts: ContentParts,
): ResourceSource {
  const { requests, era } = parts;
  const make = <T>(
    uri: string,
    request: Kind,
    given: unknown,
    reader: CatalogReader,
    ask: () => Promise<T>,
  ): Promise<T> => {
    const upstream = { name: key, tool: resources.ownUri(uri), era: era(), request };
    return answered(() => requests.make({ name: uri, limitedAs: key, upstream, arguments: given, reader }, ask));
  };
  return {
    resources: resources.resources,
    templates: resources.templates,
    isOpenTo: (principal) => hasScopeOf(principal, scope) && maySee(principal, `${key}_`),
    owns: (uri) => resources.owns(uri),
    async read(uri, reader) {
      try {
        return [...(await make(uri, 'resources/read', {}, reader, () => resources.read(uri, callerOf(reader))))];
      } catch (error) {
        if (error instanceof InvalidParamsError) return undefined;
        throw error;
      }
    },
    complete: (uri, argument, reader) =>
      make(uri, 'completion/complete', argument, reader, () => resources.complete(uri, argument, callerOf(reader))),
    subscribe: (uri) => resources.subscribe(uri),
  };
}

function hasScopeOf(principal: Principal, scope: Scoped['scope']): boolean {
  return scope === undefined || hasScope(principal, scope);
}

function callerOf({ principal, session, signal }: CatalogReader): RequestCaller {
  return { name: principal.name, session, signal };
}

/** @throws {InvalidParamsError | RequestFailedError} which the client gets */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const text = `${error.type}: ${error.message} ${error.suggestion}`;
    throw error.type === 'validation_error' || error.type === 'not_found'
      ? new InvalidParamsError(text)
      : new RequestFailedError(text);
  }
}
