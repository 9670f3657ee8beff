/** What the primary does for its workers: shared state, slots, the audit store, metrics, health, reloads. */
import type { ConfigStore } from '@mcp/config';

import { repeat, systemClock } from '../foundation/clock.ts';
import { MemoryEngine } from '../cluster/primary/memory-engine.ts';
import { serveEngine } from '../cluster/primary/serve-engine.ts';
import { databasePool } from '../configuration/settings/milliseconds.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { loadSealingSecrets } from '../access/sealing-secrets.ts';
import { openAuditStore } from '../observability/audit/open-audit-store.ts';
import { reloadMetrics } from '../observability/metrics/reload-metrics.ts';
import type { ServerCounter, ServerGauge } from '../observability/metrics/server-metric.ts';
import { serveAuditStore } from '../observability/audit/parent-store.ts';
import type { Logger } from '../observability/log/logger.ts';
import type { WorkerTerms } from '../worker-channel/worker-terms.ts';
import { forkWorker } from './fork-worker.ts';
import { SlotPool, type SlotHolder } from './slot-pool.ts';
import { Supervisor, type StartReport, type WorkerProcess } from './supervisor.ts';
import { WorkerMetrics } from './worker-metrics.ts';

export interface Primary {
  /** Resolves when restarting workers does not help. */
  readonly failing: Promise<void>;
  /** @throws {WorkerStartError} when a worker cannot start */
  start(): Promise<StartReport>;
  /** @param announce whether the workers answer on for `server.drainDelay` */
  stop(announce: boolean, timeoutMs: number): Promise<void>;
}

const RELOAD_TIMEOUT_MS = 30_000;
const HEALTH_TIMEOUT_MS = 1000;
const FLUSH_TIMEOUT_MS = 1000;
const PROBLEMS_MS = 1000;

export function createPrimary(store: ConfigStore<ServerConfig>, logger: Logger): Primary {
  const { values } = store.snapshot;
  const engine = new MemoryEngine();
  const slots = new SlotPool(systemClock);
  const audit = openAuditStore(values.database.url.reveal(), databasePool(values.database));
  const { secrets, problem } = loadSealingSecrets(values.cluster.secrets);
  if (problem) logger.info(problem, 'sessions.secret_in_memory');
  const terms = (number: number): WorkerTerms => ({
    number,
    auditKind: audit.kind,
    secrets: secrets.map((secret) => Buffer.from(secret).toString('base64')),
  });

  const serve = (worker: WorkerProcess, number: number): Disposable => {
    const { channel } = worker;
    const holder: SlotHolder = {
      lend: (tool) => channel.tell('slot.lend', tool),
      recall: (tool) => channel.tell('slot.recall', tool),
    };
    channel.on('hello', () => terms(number));
    channel.on('slot.want', (tool: string, total: number) => slots.want(holder, tool, total));
    channel.on('slot.give', (tool: string) => slots.give(holder, tool));
    channel.on('connections.send_waiting', () => worker.sendWaiting());
    channel.on('metrics', () => metrics.all());
    channel.on('health', () => supervisor.askAll('health.own', HEALTH_TIMEOUT_MS));
    channel.on('reload', async () => {
      const result = await store.reload();
      await reloads.settled();
      return result;
    });
    serveAuditStore(audit, channel, async () => void (await supervisor.askAll('audit.flush', FLUSH_TIMEOUT_MS)));
    const serving = serveEngine(engine, channel);
    return {
      [Symbol.dispose]() {
        serving[Symbol.dispose]();
        slots.leave(holder);
        metrics.forget(worker);
      },
    };
  };
  const supervisor = new Supervisor({
    count: values.server.workers,
    fork: forkWorker,
    serve,
    onDied: (number, code) => logger.error({ worker: number, exitCode: code }, 'worker.died'),
    clock: systemClock,
  });
  const metrics = new WorkerMetrics(supervisor, primaryMetrics(store, supervisor), systemClock);
  const reloads = followReloads(store, supervisor, logger);

  return {
    failing: supervisor.failing,
    start: () => supervisor.start(),
    async stop(announce, timeoutMs) {
      reloads[Symbol.dispose]();
      metrics[Symbol.dispose]();
      await supervisor.stop(announce, timeoutMs);
      await audit.close();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** The primary checks a configuration before any worker gets it, one after the other. */
function followReloads(
  store: ConfigStore<ServerConfig>,
  supervisor: Supervisor,
  logger: Logger,
): Disposable & { settled(): Promise<void> } {
  let round = Promise.resolve();
  let notified = 0;
  const tellProblems = (problems: readonly unknown[], isNew: boolean): void => {
    notified = problems.length;
    const rejected = problems.length === 0 ? null : { at: systemClock.epochMs(), problems };
    for (const [index, { channel }] of supervisor.running.entries()) {
      channel.tell('reload.rejected', rejected, isNew && index === 0);
    }
  };
  const reloaded = store.on('reloaded', () => {
    round = round.then(async () => {
      for (const { channel, pid } of supervisor.running) {
        await channel.ask('reload.now', [], RELOAD_TIMEOUT_MS).catch((error: unknown) => {
          logger.error({ err: error, pid }, 'worker.reload_failed');
        });
      }
    });
  });
  const rejected = store.on('rejected', ({ problems, message }) => {
    logger.error({ problems: message }, 'config.rejected');
    tellProblems(problems, true);
  });
  // A file that is as it was before changes nothing, and there is no event for it.
  const fixed = repeat(systemClock, PROBLEMS_MS, () => {
    if (notified > 0 && store.statistics.problems === 0) tellProblems([], false);
  });
  return {
    settled: () => round,
    [Symbol.dispose]() {
      for (const each of [reloaded, rejected, fixed]) each[Symbol.dispose]();
    },
  };
}

function primaryMetrics(store: ConfigStore<ServerConfig>, supervisor: Supervisor): (ServerGauge | ServerCounter)[] {
  return [
    {
      type: 'gauge',
      name: 'mcp_workers_running',
      help: 'Running workers.',
      aggregator: 'max',
      read: () => supervisor.running.length,
    },
    {
      type: 'counter',
      name: 'mcp_workers_restarted_total',
      help: 'Workers that were started in place of one that ended.',
      read: () => supervisor.restarts,
    },
    ...reloadMetrics(store),
  ];
}
