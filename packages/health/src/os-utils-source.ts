import { keepProcessAlive, systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import type { PercentSource } from './percent-source.ts';

export interface OsUtilsOptions {
  /** Gives the module `node-os-utils`. Default: imports it, if it is installed. */
  readonly load?: (() => Promise<unknown>) | undefined;
  /** How long to wait for it, milliseconds, default 1000. Its CPU figure alone sleeps 205 ms. */
  readonly deadlineMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** The part of node-os-utils 2.x that is called; every step may be missing or lie. */
interface OsUtilsModule {
  readonly OSUtils: new (config: object) => Readonly<Record<'cpu' | 'memory', { usage(): Promise<unknown> }>>;
}

async function readUsage(load: () => Promise<unknown>, resource: 'cpu' | 'memory'): Promise<number | undefined> {
  const { OSUtils } = (await load()) as OsUtilsModule;
  // Its cache would start a cleaning timer for each instance.
  const result: unknown = await new OSUtils({ cacheEnabled: false })[resource].usage();
  const { success, data } = result as { success?: unknown; data?: unknown };
  return success === true && typeof data === 'number' ? data : undefined;
}

/**
 * CPU or memory as the optional library node-os-utils sees them: for the whole machine, blind to cgroups. Whatever it does
 * (missing, throwing, hanging, answering nonsense) is silence from this source, never an error; while one call hangs, no
 * other is made. Its disk figures are not offered: they start `df` through a shell, leave it behind when it hangs, and are wrong.
 */
export function osUtilsSource(resource: 'cpu' | 'memory', options: OsUtilsOptions = {}): PercentSource {
  const { load = () => import('node-os-utils'), deadlineMs = 1000, clock = systemClock } = options;
  let hanging = false;
  return {
    name: 'node-os-utils',
    async read(signal) {
      if (hanging) return undefined;
      hanging = true;
      using _alive = keepProcessAlive();
      const { promise, resolve } = Promise.withResolvers<number | undefined>();
      const giveUp = (): void => resolve(undefined);
      const timer = clock.setTimer(giveUp, deadlineMs);
      signal.addEventListener('abort', giveUp, { once: true });
      void readUsage(load, resource)
        .catch(() => undefined)
        .then((percent) => {
          hanging = false;
          resolve(percent);
        });
      const percent = await promise;
      timer.cancel();
      signal.removeEventListener('abort', giveUp);
      return percent === undefined ? undefined : { percent };
    },
  };
}
