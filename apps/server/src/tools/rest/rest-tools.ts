/**
 * The tools of a configuration that send HTTP requests. The package that makes them is loaded by the first configuration that has
 * one. Reading secrets takes time, so a configuration is prepared before a toolset plans it.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { ConfigVetoError, pathText } from '@mcp/config';
import type * as openapiTools from '@mcp/openapi-tools';
import type { ToolDefinition } from '@mcp/tool-base';

import type { EgressDeclaration } from '../../configuration/http-declaration.ts';
import { httpToolSpec } from '../../configuration/http-tool-spec.ts';
import type { ServerConfig } from '../../configuration/server-config.ts';
import { httpToolsOf, type FrozenHttpDeclaration } from '../../configuration/tool-declaration.ts';
import { readCredentials } from './read-credentials.ts';

type Package = typeof openapiTools;
type Problem = ConfigVetoError['problems'][number];

const NO_EGRESS: EgressDeclaration = { private: false, plaintext: false, caFile: undefined };

/** One tool that sends requests, not yet in a toolset. */
export interface RestTool {
  /** Where it is declared. */
  readonly path: readonly string[];
  readonly definition: ToolDefinition;
  /** Equal for two configurations when the tool is the same in both. */
  readonly fingerprint: unknown;
}

export class RestTools {
  readonly #prepared = new WeakMap<object, readonly RestTool[]>();

  /** @throws {ConfigVetoError} with every tool that cannot work, and why */
  async prepare(values: ServerConfig): Promise<void> {
    const declared = httpToolsOf(values.tools);
    if (declared.length === 0) return;
    const openapi = await import('@mcp/openapi-tools');
    const problems: Problem[] = [];
    const tools: RestTool[] = [];
    for (const [name, tool] of declared) {
      const made = await httpTool(openapi, name, tool, values.security.deniedTargets);
      if ('definition' in made) tools.push(made);
      else problems.push(...made.problems);
    }
    if (problems.length > 0) throw new ConfigVetoError(problems);
    this.#prepared.set(values, tools);
  }

  /** The tools of a configuration that was prepared. */
  of(values: ServerConfig): readonly RestTool[] {
    return this.#prepared.get(values) ?? [];
  }
}

async function httpTool(
  { defineHttpTool, httpToolProblems, staticCredentials }: Package,
  name: string,
  declared: FrozenHttpDeclaration,
  denied: readonly string[],
): Promise<RestTool | { readonly problems: readonly Problem[] }> {
  const path = ['tools', name, 'http'];
  const spec = httpToolSpec(name, declared);
  const { auth, egress = NO_EGRESS } = declared.http;
  const problems: Problem[] = [];
  const report = (within: readonly string[], message: string, suggestion?: string): void => {
    const at = [...path, ...within];
    problems.push({ path: at, message: `${pathText(at)} ${message}`, ...(suggestion !== undefined && { suggestion }) });
  };
  for (const problem of httpToolProblems(spec.http, spec.parameters ?? {}, egress)) {
    report(problem.path, problem.message, problem.suggestion);
  }
  const credentials = await readCredentials(auth, process.env);
  if ('message' in credentials) report(['auth', ...credentials.path], credentials.message);
  const ca = egress.caFile === undefined ? undefined : await readFile(egress.caFile, 'utf8').catch(() => undefined);
  if (egress.caFile !== undefined && ca?.includes('-----BEGIN CERTIFICATE-----') !== true) {
    report(['egress', 'caFile'], 'names a file that has no certificates in PEM');
  }
  if (problems.length > 0 || 'message' in credentials) return { problems };
  return {
    path: ['tools', name],
    definition: defineHttpTool(spec, { ...egress, ca, denied, credentials: staticCredentials(credentials) }),
    fingerprint: [declared, denied, digestOf([credentials, ca])],
  };
}

/** So that a tool with a new secret is a new tool, and no secret is kept for comparing. */
function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
