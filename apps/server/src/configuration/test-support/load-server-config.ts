import { ConfigError, ConfigStore, MemorySource, type LoadOptions } from '@mcp/config';

import type { ServerConfig } from '../shape/server-config.ts';
import { serverConfigDefinition } from '../server-definition.ts';

type Options = Partial<LoadOptions<ServerConfig>>;

/** A store with the configuration of this server, from the text of a file config.yaml. */
export function loadServerConfig(text: string, options: Options = {}): Promise<ConfigStore<ServerConfig>> {
  const source = new MemorySource(text, 'config.yaml');
  return ConfigStore.load({ definition: serverConfigDefinition, source, ...options });
}

/** The error of a load that has to fail. */
export async function loadError(text: string, options: Options = {}): Promise<ConfigError> {
  const error: unknown = await loadServerConfig(text, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ConfigError) return error;
  throw error ?? new Error('the configuration was accepted');
}
