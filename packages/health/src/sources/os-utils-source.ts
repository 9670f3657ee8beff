import { keepProcessAlive, systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { PercentSource } from './percent-source.ts';

export interface OsUtilsOptions {
  /** Loads the module. @default () => import('node-os-utils') */
  readonly load?: (() => Promise<unknown>) | undefined;
  /** Milliseconds to wait for it. Its CPU figure alone takes 205 ms. @default 1000 */
  readonly deadlineMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** The part of node-os-utils 2.x that is called. None of it is trusted. */
interface OsUtilsModule {
  readonly OSUtils: new (config: object) => Readonly<Record<'cpu' | 'memory', { usage(): Promise<unknown> }>>;
}

async function readUsage(load: () => Promise<unknown>, resource: 'cpu' | 'memory'): Promise<number | undefined> {
  const { OSUtils } = (await load()) as OsUtilsModule;
  // Its cache would start a timer for each instance.
  const result: unknown = await new OSUtils({ cacheEnabled: false })[resource].usage();
  const { success, data } = result as { success?: unknown; data?: unknown };
  return success === true && typeof data === 'number' ? data : undefined;
}

/**
 * CPU or memory as measured by the optional library node-os-utils: of the whole machine, without cgroups. If the library is
 * missing, throws, hangs or returns an invalid value, the reading is undefined; while a call hangs, no other is made. Its disk
 * figures are not offered: they start `df` through a shell, do not stop it when it hangs, and average file systems.
 */
export function osUtilsSource(resource: 'cpu' | 'memory', options: OsUtilsOptions = {}): PercentSource {
  const { load = () => import('node-os-utils'), deadlineMs = 1000, clock = systemClock } = options;
  let callInProgress = false;
  return {
    name: 'node-os-utils',
    async read(signal) {
      if (callInProgress) return undefined;
      callInProgress = true;
      using _alive = keepProcessAlive();
      const { promise, resolve } = Promise.withResolvers<number | undefined>();
      const giveUp = (): void => resolve(undefined);
      const timer = clock.setTimer(deadlineMs, giveUp);
      signal.addEventListener('abort', giveUp, { once: true });
      void readUsage(load, resource)
        .catch(() => undefined)
        .then((percent) => {
          callInProgress = false;
          resolve(percent);
        });
      const percent = await promise;
      timer[Symbol.dispose]();
      signal.removeEventListener('abort', giveUp);
      return percent === undefined ? undefined : { percent };
    },
  };
}
