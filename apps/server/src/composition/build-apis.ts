import { checkTiming } from '../configuration/settings/milliseconds.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { apiCheck } from '../tools/rest/api-check.ts';
import { countOperations, reportApi, type ApiReport } from '../tools/rest/api-report.ts';
import type { PlannedApi } from '../tools/rest/api-tools.ts';
import type { RestTools } from '../tools/rest/rest-tools.ts';
import type { ObservedApis } from '../transports/http/routes/operations/api-routes.ts';
import type { Calls } from './build-calls.ts';
import type { Observability } from './build-observability.ts';

/** The APIs of the configuration in effect: what operators see, and a health check for each. */
export interface Apis extends ObservedApis, Disposable {
  /** Follows the configuration, which the tools follow already. */
  apply(values: ServerConfig): void;
}

export interface ApisOptions {
  readonly restTools: Pick<RestTools, 'apisOf'>;
  readonly calls: { readonly toolset: Pick<Calls['toolset'], 'registry'> };
  readonly observability: Pick<Observability, 'events' | 'health'>;
}

export function buildApis({ restTools, calls, observability }: ApisOptions): Apis {
  const { events, health } = observability;
  const { registry } = calls.toolset;
  const current = new Map<string, PlannedApi>();
  const checks = new Map<string, Disposable>();
  const report = (api: PlannedApi): ApiReport => reportApi(api, (name) => registry.get(name));
  const publish = (api: string, operations: PlannedApi['report'] = []): void => {
    const [offered, withheld] = [countOperations(operations, 'offered'), countOperations(operations, 'withheld')];
    events.publish('api.changed', { api, offered, withheld });
  };
  const forget = (key: string): void => {
    current.delete(key);
    checks.get(key)?.[Symbol.dispose]();
    checks.delete(key);
  };
  return {
    reports: () => [...current.values()].map(report),
    get(key) {
      const api = current.get(key);
      return api && report(api);
    },
    apply(values) {
      const planned = new Map(restTools.apisOf(values).map((api) => [api.key, api]));
      for (const key of current.keys()) {
        if (planned.has(key)) continue;
        forget(key);
        publish(key);
      }
      for (const [key, api] of planned) {
        const before = current.get(key);
        if (before === api) continue;
        if (before !== undefined) forget(key);
        current.set(key, api);
        checks.set(key, health.add(apiCheck(key, checkTiming(values.health), () => report(api))));
        publish(key, api.report);
      }
    },
    [Symbol.dispose]() {
      for (const key of current.keys()) forget(key);
    },
  };
}
