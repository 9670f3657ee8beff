import { dirname, resolve } from 'node:path';

import { ConfigStore, ConfigVetoError } from '@mcp/config';
import { directLauncher } from '@mcp/tool-base';

import type { ServerConfig } from '../configuration/server-config.ts';
import { serverConfigDefinition } from '../configuration/server-definition.ts';
import { checkServing } from './check-serving.ts';
import { loadModules, noModules, type LoadedModules } from '../modules/load-modules.ts';
import { Toolset } from '../tools/toolset.ts';

/** Where the values of a configuration come from, beside the environment. */
export interface ConfigurationSource {
  /** Configuration file; none means defaults and environment only. */
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
}

function supported({ server }: ServerConfig): void {
  if (server.workers <= 1) return;
  throw new ConfigVetoError([
    {
      path: ['server', 'workers'],
      message: 'more than one worker is not supported yet',
      suggestion: 'leave it at 1, and run several servers behind a load balancer if one does not suffice',
    },
  ]);
}

/**
 * Reads defaults, file, environment and command line, and loads the modules they name. The tools and the keys are looked at
 * once too, so that what passes here also starts.
 * @throws ConfigError with every problem at once
 */
export async function loadConfiguration(options: ConfigurationSource): Promise<Configuration> {
  const file = options.config ?? process.env['MCP_CONFIG_FILE'];
  const folder = file === undefined ? process.cwd() : dirname(resolve(file));
  let modules = noModules;
  const store = await ConfigStore.load({
    definition: serverConfigDefinition,
    ...(file !== undefined && { file }),
    env: process.env,
    flags: options.flags,
    subscribers: [
      { name: 'server', check: supported },
      {
        name: 'callers',
        // Later, the running server asks again itself.
        check(next, previous) {
          if (!previous) checkServing(next);
        },
      },
      {
        name: 'modules',
        async check(next, previous) {
          // A changed list waits for a restart: what a module did when it was loaded cannot be taken back.
          if (!previous) modules = await loadModules(next.modules, folder);
        },
      },
      {
        name: 'tools',
        check(next, previous) {
          if (!previous) planningToolset(modules).plan(next);
        },
      },
    ],
  });
  return { store, modules };
}

/** Tools that are looked at and never called. */
export function planningToolset({ tools }: LoadedModules): Toolset {
  return new Toolset({
    launcher: directLauncher(),
    recorder: { start: () => ({ end: () => {} }) },
    moduleTools: tools,
  });
}
