import type { LoadOptions } from '../store/load-options.ts';
import { ConfigStore } from '../store/config-store.ts';
import { ConfigError } from '../describe/problems.ts';
import { sampleDefinition } from './sample-definition.ts';
import type { SampleConfig } from './sample-definition.ts';
import { MemorySource } from '../store/memory-source.ts';

type Options = Partial<LoadOptions<SampleConfig>>;

/** A text that stands for the file config.yaml. */
export function yaml(text: string): MemorySource {
  return new MemorySource(text, 'config.yaml');
}

export function loadSample(text: string, options: Options = {}): Promise<ConfigStore<SampleConfig>> {
  return ConfigStore.load({ definition: sampleDefinition, source: yaml(text), ...options });
}

/** The error of a load that has to fail. */
export async function loadError(text: string, options: Options = {}): Promise<ConfigError> {
  const error = await loadSample(text, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ConfigError) return error;
  throw error ?? new Error('the configuration was accepted');
}
