import { ConfigStore, serverConfigDefinition, type ServerConfig, type Subscriber } from '@mcp/config';

import type { ServeOptions } from './cli.ts';

/** Reads defaults, file, environment and command line. @throws ConfigError with every problem at once */
export function loadConfiguration(
  options: ServeOptions,
  subscribers: readonly Subscriber<ServerConfig>[] = [],
): Promise<ConfigStore<ServerConfig>> {
  return ConfigStore.load({
    definition: serverConfigDefinition,
    ...(options.config !== undefined && { file: options.config }),
    env: process.env,
    flags: options.flags,
    subscribers,
  });
}
