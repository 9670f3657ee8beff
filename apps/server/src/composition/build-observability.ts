import type { ConfigStore } from '@mcp/config';
import { HealthMonitor } from '@mcp/health';
import type { SandboxLauncher } from '@mcp/tool-base';

import { databasePool } from '../configuration/settings/milliseconds.ts';
import { healthCheckLimits } from '../configuration/settings/resource-limits.ts';
import { healthCheckSandbox } from '../configuration/settings/sandbox-request.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { AuditTrail } from '../observability/audit/audit-trail.ts';
import type { AuditStore } from '../observability/audit/audit-store.ts';
import { openAuditStore } from '../observability/audit/open-audit-store.ts';
import { ParentAuditStore } from '../observability/audit/parent-store.ts';
import { MemoryEventBus } from '../observability/events/memory-event-bus.ts';
import { BreakerHistory } from '../observability/breaker-history.ts';
import { healthChecks, serverChecks } from '../observability/health-checks.ts';
import { launcherRunner } from '../observability/launcher-runner.ts';
import { logCalls } from '../observability/log/call-log.ts';
import type { Logger } from '../observability/log/logger.ts';
import { Measurements } from '../observability/metrics/measurements.ts';
import type { CallTracer } from '../observability/tracing/call-tracer.ts';
import { ChangeNotifier } from '../transports/mcp/sdk/connection/change-notifier.ts';
import type { WorkerPart } from '../workers/join-primary.ts';
import { createShutdown } from './shutdown.ts';
import { sandboxProblem } from './build-sandbox.ts';
import { watchHealth } from './observers.ts';

/** Everything that records what the server does. Calls and transports write into it and never wait for it. */
export interface Observability extends AsyncDisposable {
  readonly logger: Logger;
  readonly tracer: CallTracer;
  readonly events: MemoryEventBus;
  readonly notifier: ChangeNotifier;
  readonly measurements: Measurements;
  readonly audit: AuditTrail;
  readonly health: HealthMonitor;
  readonly breakerHistory: BreakerHistory;
}

export interface ObservabilityOptions {
  readonly store: ConfigStore<ServerConfig>;
  /** Starts the commands of health checks. */
  readonly launcher: SandboxLauncher;
  readonly logger: Logger;
  readonly tracer: CallTracer;
  readonly worker?: WorkerPart | undefined;
}

/** The caller owns the result; disposing writes what is buffered and closes the audit store and the tracer. */
export function buildObservability({ store, launcher, logger, tracer, worker }: ObservabilityOptions): Observability {
  const { values } = store.snapshot;
  const events = new MemoryEventBus();
  const notifier = new ChangeNotifier();
  const measurements = new Measurements(values.metrics, () => notifier.resourceUpdated('mcp://metrics'));
  const { channel, auditKind = '' } = worker ?? {};
  const auditStore = channel
    ? new ParentAuditStore(channel, auditKind)
    : openAuditStore(values.database.url.reveal(), databasePool(values.database));
  const audit = createAuditTrail(values, auditStore, logger);
  const runProgram = launcherRunner({
    launcher,
    limits: healthCheckLimits(values),
    sandboxOf: (command) => healthCheckSandbox(store.snapshot.values, command),
  });
  const health = new HealthMonitor({
    checks: [
      ...healthChecks(values, runProgram),
      ...serverChecks(values, { audit, store, launcher, sandboxProblem: () => sandboxProblem(launcher) }),
    ],
  });
  const healthWatch = watchHealth(health, { events, notifier });
  const callLog = logCalls(events, logger);
  const breakerHistory = new BreakerHistory(events);
  const dispose = createShutdown({
    onStepFailed: (step, error) => logger.error({ err: error, step }, 'server.stop_step_failed'),
    steps: [
      { name: 'breaker history', run: () => breakerHistory[Symbol.dispose]() },
      { name: 'call log', run: () => callLog[Symbol.dispose]() },
      { name: 'health events', run: () => healthWatch[Symbol.dispose]() },
      { name: 'measurements', run: () => measurements[Symbol.dispose]() },
      { name: 'health', run: () => health[Symbol.asyncDispose]() },
      { name: 'audit trail', run: () => audit[Symbol.asyncDispose]() },
      { name: 'traces', run: () => tracer.close() },
    ],
  });
  return {
    logger,
    tracer,
    events,
    notifier,
    measurements,
    audit,
    health,
    breakerHistory,
    [Symbol.asyncDispose]: dispose,
  };
}

function createAuditTrail({ database }: ServerConfig, store: AuditStore, logger: Logger): AuditTrail {
  return new AuditTrail({
    store,
    recordArguments: database.recordArguments,
    retentionMs: database.retentionDays * 86_400_000,
    maxEntries: database.maxEntries,
    onStoreChange: (failure) =>
      failure === undefined
        ? logger.info('audit.store_recovered')
        : logger.error({ cause: failure, key: 'database.url' }, 'audit.store_failed'),
  });
}
