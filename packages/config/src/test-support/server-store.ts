import type { LoadOptions } from '../store/load-options.ts';
import { ConfigStore } from '../store/config-store.ts';
import { ConfigError } from '../describe/problems.ts';
import { serverConfigDefinition } from '../server/server-definition.ts';
import type { ServerConfig } from '../server/server-config.ts';
import { MemorySource } from '../store/memory-source.ts';

type Options = Partial<LoadOptions<ServerConfig>>;

/** A text that stands for the file config.yaml. */
export function yaml(text: string): MemorySource {
  return new MemorySource(text, 'config.yaml');
}

export function loadServer(text: string, options: Options = {}): Promise<ConfigStore<ServerConfig>> {
  return ConfigStore.load({ definition: serverConfigDefinition, source: yaml(text), ...options });
}

/** The error of a load that has to fail. */
export async function refusal(text: string, options: Options = {}): Promise<ConfigError> {
  const error = await loadServer(text, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ConfigError) return error;
  throw error ?? new Error('the configuration was accepted');
}
