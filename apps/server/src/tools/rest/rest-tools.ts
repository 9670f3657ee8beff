/**
 * The tools of a configuration that send HTTP requests: `tools.<name>.http` and `apis`. The package that makes them is loaded by the
 * first configuration that has one. Reading secrets and documents takes time, so a configuration is prepared before a toolset plans
 * it.
 */
import { ConfigVetoError, pathText } from '@mcp/config';
import type * as openapiTools from '@mcp/openapi-tools';
import type { Tool, ToolDefinition } from '@mcp/tool-base';

import { httpToolSpec } from '../../configuration/settings/http-tool-spec.ts';
import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { httpToolsOf, type FrozenHttpDeclaration } from '../../configuration/shape/tool-declaration.ts';
import { planApi, type PlannedApi } from './api-tools.ts';
import { readConnectionSettings } from './connection-settings.ts';
import type { Report, RestTool } from './rest-tool.ts';

interface Prepared {
  readonly tools: readonly RestTool[];
  readonly apis: readonly PlannedApi[];
}

const NOTHING: Prepared = { tools: [], apis: [] };

export class RestTools {
  readonly #prepared = new WeakMap<object, Prepared>();
  /** The last plan of each API: a document that did not change is not planned again. */
  #planned = new Map<string, PlannedApi>();
  readonly #apiOf = new WeakMap<ToolDefinition, string>();

  /** @throws {ConfigVetoError} with every tool and API that cannot work, and why */
  async prepare(values: ServerConfig): Promise<void> {
    const declared = httpToolsOf(values.tools);
    const apis = Object.entries(values.apis);
    if (declared.length + apis.length === 0) return;
    const openapi = await import('@mcp/openapi-tools');
    const { deniedTargets } = values.security;
    const problems: ConfigVetoError['problems'][number][] = [];
    const reportAt =
      (path: readonly string[]): Report =>
      (within, message, suggestion) => {
        const at = [...path, ...within];
        problems.push({
          path: at,
          message: `${pathText(at)} ${message}`,
          ...(suggestion !== undefined && { suggestion }),
        });
      };
    const tools: RestTool[] = [];
    for (const [name, tool] of declared) {
      const made = await httpTool(openapi, name, tool, deniedTargets, reportAt(['tools', name, 'http']));
      if (made !== undefined) tools.push(made);
    }
    const planned = new Map<string, PlannedApi>();
    for (const [key, api] of apis) {
      const made = await planApi(openapi, key, api, deniedTargets, this.#planned.get(key), reportAt(['apis', key]));
      if (made !== undefined) planned.set(key, made);
    }
    if (problems.length > 0) throw new ConfigVetoError(problems);
    this.#planned = planned;
    for (const [key, api] of planned) for (const { definition } of api.tools) this.#apiOf.set(definition, key);
    tools.push(...[...planned.values()].flatMap((api) => api.tools));
    this.#prepared.set(values, { tools, apis: [...planned.values()] });
  }

  /** The tools of a configuration that was prepared. */
  of(values: ServerConfig): readonly RestTool[] {
    return (this.#prepared.get(values) ?? NOTHING).tools;
  }

  /** The key of the API that a tool is an operation of. */
  apiOf({ definition }: Pick<Tool, 'definition'>): string | undefined {
    return this.#apiOf.get(definition);
  }

  /** What became of every operation, for a configuration that was prepared. */
  apisOf(values: ServerConfig): readonly PlannedApi[] {
    return (this.#prepared.get(values) ?? NOTHING).apis;
  }
}

async function httpTool(
  openapi: typeof openapiTools,
  name: string,
  declared: FrozenHttpDeclaration,
  denied: readonly string[],
  report: Report,
): Promise<RestTool | undefined> {
  const spec = httpToolSpec(name, declared);
  const problems = openapi.httpToolProblems(spec.http, spec.parameters ?? {}, declared.http.egress ?? {});
  for (const { path, message, suggestion } of problems) report(path, message, suggestion);
  const settings = await readConnectionSettings(openapi, declared.http, denied, report);
  if (settings === undefined || problems.length > 0) return undefined;
  const { rules, credentials, identity } = settings;
  const { confirm } = declared;
  const definition = openapi.defineHttpTool(spec, { ...rules, credentials });
  return {
    path: ['tools', name],
    definition: confirm === 'never' ? definition : { ...definition, confirm },
    fingerprint: [declared, rules, identity],
  };
}
