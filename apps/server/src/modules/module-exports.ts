/** The exports of a module, checked at run time: a module may be plain JavaScript. */
import type { ToolDefinition } from '@mcp/tool-base';

import { builtinPromptNames } from '../catalog/builtin-prompts.ts';
import type { PromptDefinition } from '../catalog/prompts.ts';
import type { ResourceDefinition } from '../catalog/resources.ts';
import type { ModuleSetup } from './module-host.ts';

export interface ModuleExports {
  readonly tools: readonly ToolDefinition[];
  readonly prompts: readonly PromptDefinition[];
  readonly resources: readonly ResourceDefinition[];
  readonly setup: ModuleSetup | undefined;
}

type Found = Readonly<Record<string, unknown>>;

const known = ['tools', 'prompts', 'resources', 'setup'] as const;

/** @returns the definitions, and one sentence for each problem */
export function readExports(found: Found): { readonly exports: ModuleExports; readonly problems: readonly string[] } {
  const problems: string[] = [];
  if (!known.some((name) => found[name] !== undefined)) {
    problems.push('It exports none of tools, prompts, resources and setup. Export at least one of them by its name.');
  }
  const read = <T>(name: 'tools' | 'prompts' | 'resources', problemOf: (entry: unknown) => string | undefined): T[] => {
    const list = found[name];
    if (list === undefined) return [];
    if (!Array.isArray(list)) {
      problems.push(`Its export ${name} must be an array.`);
      return [];
    }
    for (const [index, entry] of list.entries()) {
      const problem = problemOf(entry);
      if (problem) problems.push(`${name}[${index}]: ${problem}`);
    }
    return list as T[];
  };
  const exports: ModuleExports = {
    tools: read('tools', toolProblem),
    prompts: read('prompts', promptProblem),
    resources: read('resources', resourceProblem),
    setup: found['setup'] as ModuleSetup | undefined,
  };
  if (exports.setup !== undefined && typeof exports.setup !== 'function') {
    problems.push('Its export setup must be a function.');
  }
  return { exports, problems };
}

function toolProblem(entry: unknown): string | undefined {
  const made = isObject(entry) && (entry['kind'] === 'function' || entry['kind'] === 'command');
  if (made && typeof entry['run'] === 'function' && Array.isArray(entry['targets'])) return undefined;
  return 'This is not a tool. Create it with defineTool or defineCommandTool of @mcp/tool-base.';
}

function promptProblem(entry: unknown): string | undefined {
  if (!isObject(entry) || !isText(entry['name']) || typeof entry['render'] !== 'function') {
    return 'A prompt needs a name and a function render(values).';
  }
  const parameters = entry['arguments'];
  if (parameters !== undefined && !(Array.isArray(parameters) && parameters.every(isNamed))) {
    return `The arguments of the prompt ${entry['name']} must be an array of objects with a name.`;
  }
  const wrong =
    wrongText(entry, `the prompt ${entry['name']}`) ??
    (parameters as Found[] | undefined)?.map(parameterProblem).find(Boolean);
  if (wrong !== undefined) return wrong;
  if (builtinPromptNames.includes(entry['name']))
    return `The server already has a prompt ${entry['name']}; rename this one.`;
  return undefined;
}

function resourceProblem(entry: unknown): string | undefined {
  if (!isObject(entry) || !isText(entry['name']) || typeof entry['read'] !== 'function') {
    return 'A resource needs a name, a uri or a uriTemplate, and a function read().';
  }
  const wrong = wrongText(entry, `the resource ${entry['name']}`);
  if (wrong !== undefined) return wrong;
  const { uri, uriTemplate } = entry;
  if (isText(uri) === isText(uriTemplate)) return `The resource ${entry['name']} needs either a uri or a uriTemplate.`;
  const address = isText(uri) ? uri : String(uriTemplate);
  if (address.startsWith('mcp:')) return 'The scheme mcp: is reserved for the server; choose another one.';
  if (!/^[a-z][a-z0-9+.-]*:/iu.test(address))
    return `${address} is not a URI: it needs a scheme, such as notes://today.`;
  return undefined;
}

/** Clients check a whole list against the protocol: one member of another type would cost them every entry of it. */
function wrongText(entry: Found, of: string): string | undefined {
  const wrong = ['title', 'description', 'mimeType'].find(
    (name) => !['undefined', 'string'].includes(typeof entry[name]),
  );
  return wrong && `The ${wrong} of ${of} must be text.`;
}

function parameterProblem(parameter: Found): string | undefined {
  const of = `the argument ${String(parameter['name'])}`;
  if (!['undefined', 'boolean'].includes(typeof parameter['required']))
    return `required of ${of} must be true or false.`;
  return wrongText(parameter, of);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isNamed(value: unknown): boolean {
  return isObject(value) && isText(value['name']);
}
