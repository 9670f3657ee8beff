import { resolve } from 'node:path';
import { ConfigStore } from './config-store.ts';
import type { LoadOptions } from './load-options.ts';
import type { ConfigDefinition } from '../fields/definition.ts';

const shared = new Map<object, Map<unknown, Promise<ConfigStore<never>>>>();

/**
 * One store per process for a definition and a file: the first call loads it, later calls return the same store.
 * `forceNew` disposes it and loads again. A failed load is not kept.
 */
export function sharedConfig<T>(options: LoadOptions<T> & { readonly forceNew?: boolean }): Promise<ConfigStore<T>> {
  const stores = storesOf(options.definition);
  const key = options.source ?? (options.file === undefined ? undefined : resolve(options.file));
  const existing = stores.get(key);
  if (existing !== undefined && options.forceNew !== true) return existing;
  const loading = dispose(existing).then(() => ConfigStore.load(options));
  stores.set(key, loading);
  loading.catch(() => {
    if (stores.get(key) === loading) stores.delete(key);
  });
  return loading;
}

/** Disposes every shared store; for tests. */
export async function resetSharedConfig(): Promise<void> {
  const stores = [...shared.values()].flatMap((byFile) => [...byFile.values()]);
  shared.clear();
  await Promise.all(stores.map(dispose));
}

function storesOf<T>(definition: ConfigDefinition<T>): Map<unknown, Promise<ConfigStore<T>>> {
  const stores = shared.get(definition) ?? new Map<unknown, Promise<ConfigStore<never>>>();
  shared.set(definition, stores);
  // The map is kept under its definition, so the stores in it have this definition's type.
  return stores as unknown as Map<unknown, Promise<ConfigStore<T>>>;
}

async function dispose<T>(loading: Promise<ConfigStore<T>> | undefined): Promise<void> {
  const store = await loading?.catch(() => undefined);
  await store?.[Symbol.asyncDispose]();
}
