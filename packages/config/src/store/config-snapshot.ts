import { originOf } from '../reading/assemble.ts';
import { deepFreeze } from './frozen.ts';
import type { DeepReadonly } from './frozen.ts';
import type { Loaded } from '../reading/load-layers.ts';
import type { Origin } from '../describe/origin.ts';

/** One configuration, frozen: it never changes, a reload makes another one. */
export interface ConfigSnapshot<T> {
  /** 1 after the load, one more with every change. */
  readonly version: number;
  readonly values: DeepReadonly<T>;
  /** Where the value at a path came from: `origin('server.port')`, or a list of keys where one holds a dot. */
  origin(path: string | readonly string[]): Origin;
}

export function snapshotOf<T>(loaded: Loaded<T>, version: number): ConfigSnapshot<T> {
  return Object.freeze({
    version,
    values: deepFreeze(loaded.values),
    origin: (path: string | readonly string[]) =>
      originOf(loaded.assignments, typeof path === 'string' ? path.split('.') : path),
  });
}
