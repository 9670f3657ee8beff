/**
 * The operator's modules, listed under `modules` in the configuration: JavaScript, or TypeScript whose types Node strips. They run
 * with the rights of the server and are loaded once, at start; a changed list needs a restart.
 */
import { fileURLToPath, pathToFileURL } from 'node:url';

import { ConfigVetoError } from '@mcp/config';

import { readExports, type ModuleExports } from './module-exports.ts';
import { StartError } from '../foundation/start-error.ts';
import type { ModuleHost, ModuleSetup } from './module-host.ts';
import { sharePackages } from './shared-packages.ts';

/** The tools, prompts, resources and setup functions of all modules. */
export interface LoadedModules extends Omit<ModuleExports, 'setup'> {
  readonly setups: readonly NamedSetup[];
}

interface NamedSetup {
  /** The path as in the configuration. */
  readonly module: string;
  readonly run: ModuleSetup;
}

export const noModules: LoadedModules = { tools: [], prompts: [], resources: [], setups: [] };

type Problem = ConfigVetoError['problems'][number];

/**
 * @param paths absolute paths
 * @throws {ConfigVetoError} with every problem of every module
 */
export async function loadModules(paths: readonly string[]): Promise<LoadedModules> {
  if (paths.length > 0) sharePackages();
  const problems: Problem[] = [];
  const loaded: ModuleExports[] = [];
  const setups: NamedSetup[] = [];
  const owners = new Map<string, string>();
  for (const [index, path] of paths.entries()) {
    const report = (message: string): void =>
      void problems.push({ path: ['modules', String(index)], message: `Module ${path}: ${message}` });
    const found = await importModule(path);
    if (found instanceof Error) {
      report(`It cannot be loaded: ${reasonOf(found)}`);
      continue;
    }
    const { exports, problems: wrong } = readExports(found);
    wrong.forEach(report);
    if (wrong.length > 0) continue;
    for (const name of namesIn(exports)) {
      const owner = owners.get(name);
      if (owner !== undefined) report(`There is another ${name} in ${owner === path ? 'it' : owner}; rename one.`);
      owners.set(name, path);
    }
    loaded.push(exports);
    if (exports.setup) setups.push({ module: path, run: exports.setup });
  }
  if (problems.length > 0) throw new ConfigVetoError(problems);
  return {
    tools: loaded.flatMap(({ tools }) => tools),
    prompts: loaded.flatMap(({ prompts }) => prompts),
    resources: loaded.flatMap(({ resources }) => resources),
    setups,
  };
}

async function importModule(file: string): Promise<Readonly<Record<string, unknown>> | Error> {
  // Node ends the process without a word of the module when nothing is left that could end the wait.
  const onExit = (code: number): void => {
    process.stderr.write(
      `mcp-server: Module ${file} ended the process while it was loaded (exit code ${code}): it calls process.exit, or its top-level await never ends.\n`,
    );
  };
  process.once('exit', onExit);
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    process.off('exit', onExit);
  }
}

function* namesIn({ tools, prompts, resources }: ModuleExports): Generator<string> {
  for (const { name } of tools) yield `tool named ${name}`;
  for (const { name } of prompts) yield `prompt named ${name}`;
  for (const resource of resources) {
    yield 'uri' in resource ? `resource ${resource.uri}` : `resource template ${resource.uriTemplate}`;
  }
}

/** One line. It may name the module's path, which the operator configured, but not a path of the server. */
function reasonOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const reason = firstLine(error.message).replace(` imported from ${fileURLToPath(import.meta.url)}`, '');
  // With the package.json of `npm init`, .js and .ts files are CommonJS.
  if (/^Cannot use import statement outside a module|^Unexpected token 'export'/u.test(reason)) {
    return 'Node loads it as CommonJS. Rename it to .mjs (.mts for TypeScript), or add "type": "module" to the package.json beside it.';
  }
  return code === 'ERR_MODULE_NOT_FOUND'
    ? `${reason}. Check the path, which is relative to the configuration file, and the imports of the module.`
    : `${error.name}: ${reason}.`;
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').replace(/\.$/u, '');
}

/** Runs the setup functions, one after the other. @throws {StartError} that names the module */
export async function runSetups(setups: LoadedModules['setups'], host: ModuleHost): Promise<void> {
  for (const { module, run } of setups) {
    try {
      await run(host);
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${firstLine(error.message)}` : 'an unknown reason';
      throw new StartError(
        `The setup of module ${module} failed (${reason}). Fix the module, or remove it from modules.`,
      );
    }
  }
}
