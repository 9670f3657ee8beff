import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { ConfigStore, ConfigVetoError, resolvePath, type LoadOptions } from '@mcp/config';
import { directLauncher } from '@mcp/tool-base';

import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { serverConfigDefinition } from '../configuration/server-definition.ts';
import { StartError } from '../foundation/start-error.ts';
import { checkServing } from './check-serving.ts';
import { loadModules, noModules, type LoadedModules } from '../modules/load-modules.ts';
import { RestTools } from '../tools/rest/rest-tools.ts';
import { Toolset, type ToolPlan } from '../tools/toolset.ts';

/** Where the values of a configuration come from, beside the environment. */
export interface ConfigurationSource {
  /** Configuration file. @default `MCP_CONFIG_FILE`, else `mcp-server.yaml` in the working directory if it exists */
  readonly config?: string;
  /** Command-line values: the last layer over file and environment, as typed. */
  readonly flags: readonly CommandLineValue[];
}

/** A value given on the command line, and the configuration key it stands for. */
export interface CommandLineValue {
  readonly path: string;
  readonly flag: string;
  readonly value: string;
}

export interface Configuration {
  readonly store: ConfigStore<ServerConfig>;
  readonly modules: LoadedModules;
  readonly restTools: RestTools;
  /** The configuration file; `undefined` for defaults and environment only. */
  readonly file: string | undefined;
}

/** The configuration file that is read when none is named. */
export const DEFAULT_FILE = 'mcp-server.yaml';

/** The file that {@link loadConfiguration} reads for these options. */
export function configurationFile({ config }: Pick<ConfigurationSource, 'config'>): string | undefined {
  const named = config ?? (process.env['MCP_CONFIG_FILE'] || undefined);
  // Launchers without a shell pass on ~/ as it is.
  if (named !== undefined) return named.startsWith('~/') ? resolvePath(named, '/') : named;
  const byDefault = resolve(currentFolder(), DEFAULT_FILE);
  return existsSync(byDefault) ? byDefault : undefined;
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    throw new StartError('The current folder was removed. Start the server in a folder that exists.');
  }
}

/**
 * Reads defaults, file, environment and command line, and loads the modules they name. Tools and keys are checked as well, so that
 * a configuration that loads here also starts.
 *
 * @param beforeModules called with the values before a module is loaded
 * @throws {ConfigError} with every problem at once
 */
export async function loadConfiguration(
  options: ConfigurationSource,
  beforeModules: (values: ServerConfig) => void = () => {},
): Promise<Configuration> {
  const file = configurationFile(options);
  let modules = noModules;
  const restTools = new RestTools();
  const store = await ConfigStore.load({
    ...sources(options),
    subscribers: [
      {
        name: 'callers',
        // On a reload the running server checks this itself.
        check(next, previous) {
          if (!previous) checkServing(next);
        },
      },
      {
        name: 'modules',
        async check(next, previous) {
          // A changed list needs a restart: a module cannot be unloaded.
          if (previous) return;
          beforeModules(next);
          modules = await loadModules(next.modules);
        },
      },
      { name: 'HTTP tools', check: (next) => restTools.prepare(next) },
      {
        name: 'tools',
        check(next, previous) {
          if (!previous) checkJobs(next, planningToolset({ modules, restTools }).plan(next));
        },
      },
    ],
  });
  return { store, modules, restTools, file };
}

/**
 * Reads the values of the configuration alone: no module is loaded, and tools and keys are not checked.
 *
 * @throws {ConfigError} with every problem at once
 */
export async function loadSettings(options: ConfigurationSource): Promise<ServerConfig> {
  await using store = await ConfigStore.load(sources(options));
  return store.snapshot.values;
}

function sources(options: ConfigurationSource): LoadOptions<ServerConfig> {
  const file = configurationFile(options);
  return {
    definition: serverConfigDefinition,
    ...(file !== undefined && { file }),
    env: process.env,
    // File shares of desktop container engines show every file as writable by everyone.
    permissions: process.env['MCP_CONFIG_PERMISSIONS'] === 'notice' ? 'notice' : 'strict',
    flags: options.flags,
  };
}

/** Tools of modules may have jobs that the configuration does not show. @throws {ConfigVetoError} */
function checkJobs({ server, jobs }: ServerConfig, { tools }: ToolPlan): void {
  const withJobs = tools.find(({ tool }) => tool.job !== undefined);
  if (server.workers === 1 || jobs.store !== 'memory' || !withJobs) return;
  const message = `is more than one worker, but jobs in memory (jobs.store; of the tool ${withJobs.tool.name}) belong to one process`;
  throw new ConfigVetoError([{ path: ['server', 'workers'], message }]);
}

/** A toolset for checks and listings; its tools are never called. */
export function planningToolset({ modules, restTools }: Pick<Configuration, 'modules' | 'restTools'>): Toolset {
  return new Toolset({
    launcher: directLauncher(),
    recorder: { start: () => ({ end: () => {} }) },
    moduleTools: modules.tools,
    restTools,
  });
}
