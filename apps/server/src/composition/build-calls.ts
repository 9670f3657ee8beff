import type { ConfigStore } from '@mcp/config';
import type { Launcher, SandboxLauncher } from '@mcp/tool-base';

import { isOutputOfCallsKept } from '../configuration/sections/jobs-section.ts';
import { checkTiming, shutdownGraceMs } from '../configuration/settings/milliseconds.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { callsPerWorker } from '../configuration/settings/worker-share.ts';
import type { Approvals } from '../calls/approvals/approvals.ts';
import { CallLimit } from '../calls/call-limit.ts';
import { ExecutionTools } from '../calls/execution-tools/execution-tools.ts';
import { ToolGateway } from '../calls/tool-gateway.ts';
import { ToolSearch } from '../calls/tool-search/tool-search.ts';
import type { ClusterEngine } from '../cluster/engine.ts';
import { SharedRateLimiter } from '../cluster/shared/shared-rate-limiter.ts';
import type { LoadedModules } from '../modules/load-modules.ts';
import { MemoryRateLimiter } from '../rate-limit/memory-rate-limiter.ts';
import { ToolRateLimits } from '../rate-limit/tool-rate-limits.ts';
import { prepareSandboxes } from './build-sandbox.ts';
import { configuredRateLimits } from './configured-rate-limits.ts';
import { logDeclarationFindings } from '../tools/declaration-log.ts';
import { logUnmatchedPatterns } from '../tools/unmatched-patterns.ts';
import { apiCheckName } from '../tools/rest/api-check.ts';
import type { RestTools } from '../tools/rest/rest-tools.ts';
import { logWithheldOperations } from '../tools/rest/withheld-log.ts';
import { Toolset } from '../tools/toolset.ts';
import { upstreamCheckName } from '../upstreams/upstream-check.ts';
import { buildApprovals } from './build-approvals.ts';
import { buildJobs, type JobsPart } from './build-jobs.ts';
import type { Observability } from './build-observability.ts';
import type { WorkerPart } from '../workers/join-primary.ts';
import { workerSlots } from '../workers/worker-slots.ts';
import { drainCalls, type CallsEnding } from './drain-calls.ts';
import { createShutdown } from './shutdown.ts';
import { watchRegistry } from './observers.ts';

/** The tools and the single way to call them. */
export interface Calls extends AsyncDisposable {
  readonly toolset: Toolset;
  readonly gateway: ToolGateway;
  readonly limit: CallLimit;
  readonly rateLimiter: ToolRateLimits;
  readonly launcher: Launcher;
  readonly jobs: JobsPart;
  /** Undefined where no operator can be asked. */
  readonly approvals: Approvals | undefined;
  /** See {@link drainCalls}. */
  drain(ending?: CallsEnding): Promise<void>;
}

export interface CallsOptions {
  readonly store: ConfigStore<ServerConfig>;
  readonly launcher: SandboxLauncher;
  readonly modules: LoadedModules;
  readonly restTools: RestTools;
  readonly observability: Observability;
  /** Makes the limits of this server one with those of others. */
  readonly engine?: ClusterEngine | undefined;
  readonly worker?: WorkerPart | undefined;
  /** The URL of the main listener, once there is one. @default there is none */
  readonly listensAt?: () => string | undefined;
}

/** The result owns the launcher: disposing ends every program. */
export function buildCalls(options: CallsOptions): Calls {
  const { store, launcher, modules, restTools, observability, engine, worker, listensAt = () => undefined } = options;
  const { values } = store.snapshot;
  const { measurements, health, events, notifier, audit, tracer, logger } = observability;
  const toolset = new Toolset({
    launcher,
    recorder: measurements.recorder,
    moduleTools: modules.tools,
    restTools,
    slots: worker && workerSlots(worker.channel),
  });
  const { registry } = toolset;
  const rateLimiter = new ToolRateLimits(configuredRateLimits(values), (limits) =>
    engine ? new SharedRateLimiter({ engine, limits }) : new MemoryRateLimiter(limits),
  );
  const approvals = buildApprovals(store, events, listensAt);
  const limit = new CallLimit(callsPerWorker(values.server));
  const { toolSearch, federation } = values;
  const { recorder } = measurements;
  const search =
    toolSearch === 'off'
      ? undefined
      : new ToolSearch({ mode: toolSearch, alwaysListed: federation.alwaysListed, recorder });
  const hasOutputFolder = (): boolean => isOutputOfCallsKept(store.snapshot.values);
  const executions = new ExecutionTools({ registry, recorder, calls: () => jobs.calls, hasOutputFolder });
  const gateway: ToolGateway = new ToolGateway({
    registry,
    search,
    executions,
    audit,
    events,
    rateLimiter,
    approvals,
    limit,
    tracer,
    logger,
    keepCall: (tool, caller) => jobs.keepCall(tool, caller),
  });
  const jobs = buildJobs({ store, gateway, observability, hasOutputFolder });
  const watching = watchRegistry(registry, {
    measurements,
    health,
    checkTiming: checkTiming(values.health),
    events,
    notifier,
    commonCheckOf(tool) {
      const { upstream } = tool.definition;
      if (upstream !== undefined) return upstreamCheckName(upstream.name);
      const api = restTools.apiOf(tool);
      return api === undefined ? undefined : apiCheckName(api);
    },
  });
  const plan = toolset.plan(values);
  toolset.apply(plan);
  for (const tool of search?.tools ?? []) registry.add(tool);
  logDeclarationFindings(values, logger);
  logUnmatchedPatterns(values, plan, logger);
  logWithheldOperations(restTools.apisOf(values), logger);
  prepareSandboxes(launcher, toolset, values);

  const drain = (ending?: CallsEnding): Promise<void> =>
    drainCalls({ gateway, jobs, logger, graceMs: shutdownGraceMs(store.snapshot.values.server) }, ending);
  const dispose = createShutdown({
    onStepFailed: (step, error) => logger.error({ err: error, step }, 'server.stop_step_failed'),
    steps: [
      { name: 'execution tools', run: () => executions[Symbol.dispose]() },
      { name: 'jobs', run: () => jobs[Symbol.asyncDispose]() },
      { name: 'programs', run: () => launcher[Symbol.asyncDispose]() },
      { name: 'approvals', run: () => approvals?.[Symbol.dispose]() },
      { name: 'tool observers', run: () => watching[Symbol.dispose]() },
    ],
  });
  return { toolset, gateway, limit, rateLimiter, launcher, jobs, approvals, drain, [Symbol.asyncDispose]: dispose };
}
