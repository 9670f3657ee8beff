import type { ConfigStore } from '@mcp/config';
import {
  breakerCheck,
  cgroupCpuSource,
  cgroupMemorySource,
  commandCheck,
  cpuCheck,
  diskCheck,
  eventLoopCheck,
  hostCpuSource,
  hostMemorySource,
  httpCheck,
  memoryCheck,
  processCheck,
  tcpCheck,
  type CheckDefinition,
  type HealthReport,
  type ObservedBreaker,
  type RunProgram,
} from '@mcp/health';

import { checkTiming, type CheckTiming } from '../configuration/settings/milliseconds.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import type { Launcher } from '@mcp/tool-base';

import { maySee, maySeeEveryTool, type Principal } from '../access/principal.ts';
import type { AuditTrail } from './audit/audit-trail.ts';

/** The checks of the machine, of this process, and of the dependencies in the configuration. `runProgram` starts their commands. */
export function healthChecks({ health }: Pick<ServerConfig, 'health'>, runProgram: RunProgram): CheckDefinition[] {
  const timing = checkTiming(health);
  // Scans keep a machine busy, so one sample above a threshold is not reported.
  const damped = { ...timing, failureThreshold: 3, successThreshold: 2 };
  return [
    // Without node-os-utils, the last default source: docs/adr/0006.
    cpuCheck({
      ...damped,
      thresholdPercent: health.cpuThreshold,
      sources: [cgroupCpuSource(), hostCpuSource()],
    }),
    memoryCheck({
      ...damped,
      thresholdPercent: health.memoryThreshold,
      sources: [cgroupMemorySource(), hostMemorySource()],
    }),
    diskCheck({ ...damped, thresholdPercent: health.diskThreshold }),
    processCheck({ ...timing, groups: ['live', 'ready', 'startup'] }),
    eventLoopCheck({ ...damped, groups: ['live', 'ready', 'startup'] }),
    ...health.dependencies.map((dependency) => dependencyCheck(dependency, timing, runProgram)),
  ];
}

export interface CheckedParts {
  readonly audit: AuditTrail;
  readonly store: ConfigStore<ServerConfig>;
  readonly launcher: Launcher;
  /** Why programs are confined less than they were. */
  readonly sandboxProblem: () => string | undefined;
}

/** The parts of this server that can be in trouble while calls still succeed. */
export function serverChecks(
  { health }: ServerConfig,
  { audit, store, launcher, sandboxProblem }: CheckedParts,
): CheckDefinition[] {
  const timing = checkTiming(health);
  return [
    {
      ...timing,
      periodMs: LAUNCHER_CHECK_MS,
      timeoutMs: LAUNCHER_CHECK_MS,
      name: 'launcher',
      // Without it no program runs, and a machine on which processes hang should get no requests.
      priority: 'critical',
      run: () => ({
        status: launcher.problem === undefined ? 'healthy' : 'unhealthy',
        ...(launcher.problem !== undefined && { message: launcher.problem }),
      }),
    },
    {
      ...timing,
      name: 'sandbox',
      priority: 'important',
      run: () => {
        const message = sandboxProblem();
        return message === undefined ? { status: 'healthy' } : { status: 'degraded', message };
      },
    },
    {
      ...timing,
      name: 'audit_trail',
      priority: 'important',
      run: () => {
        // Not awaited: the check says what is known, and the next one what came of it.
        void audit.recheck();
        const { status, message, pending, dropped } = audit.health();
        return { status, message, metadata: { pending, dropped } };
      },
    },
    {
      ...timing,
      name: 'configuration',
      priority: 'informational',
      run: () => {
        const { version, problems, restartRequired } = store.statistics;
        if (problems > 0) {
          return {
            status: 'degraded',
            message: `The last reload was refused (${problems} problems); version ${version} stays.`,
          };
        }
        return {
          status: 'healthy',
          ...(restartRequired.length > 0 && { message: `Waiting for a restart: ${restartRequired.join(', ')}` }),
        };
      },
    },
  ];
}

/** The name of the check whether a tool is available. */
export function toolCheckName(tool: string): string {
  return `${TOOL_CHECK}${tool}`;
}

/** The name of the check of a tool's circuit breakers. */
export function breakerCheckName(tool: string): string {
  return `${BREAKER_CHECK}${tool}`;
}

/** One check for all circuit breakers of a tool: it shows the worst. Informational, since other tools still work. */
export function toolBreakerCheck(
  tool: string,
  breakers: Iterable<ObservedBreaker>,
  timing: CheckTiming,
): CheckDefinition {
  const worst = (): ObservedBreaker => {
    let found: ObservedBreaker = { state: 'closed', retryAfterMs: 0 };
    for (const breaker of breakers)
      if (BREAKER_SEVERITY[breaker.state] > BREAKER_SEVERITY[found.state]) found = breaker;
    return found;
  };
  const breaker: ObservedBreaker = {
    get state() {
      return worst().state;
    },
    get retryAfterMs() {
      return worst().retryAfterMs;
    },
  };
  return breakerCheck({ ...timing, name: breakerCheckName(tool), priority: 'informational', breaker });
}

/** The report without the checks of tools that this reader may not see; the status is still that of the whole. */
export function visibleTo(reader: Principal, report: HealthReport): HealthReport {
  if (maySeeEveryTool(reader)) return report;
  const checks = report.checks.filter(({ name }) => {
    const prefix = [TOOL_CHECK, BREAKER_CHECK].find((each) => name.startsWith(each));
    return prefix === undefined || maySee(reader, name.slice(prefix.length));
  });
  return { ...report, checks };
}

const TOOL_CHECK = 'tool_';
const BREAKER_CHECK = 'breaker_';
/** The launcher is restarted within seconds, so its check runs more often than the others. */
const LAUNCHER_CHECK_MS = 2000;
const BREAKER_SEVERITY = { closed: 0, half_open: 1, open: 2 };

function dependencyCheck(
  dependency: ServerConfig['health']['dependencies'][number],
  timing: CheckTiming,
  runProgram: RunProgram,
): CheckDefinition {
  const { name, priority } = dependency;
  const base = { ...timing, name: `dependency_${name}`, priority };
  switch (dependency.type) {
    case 'tcp':
      return tcpCheck({ ...base, host: dependency.host, port: dependency.port });
    case 'http':
      return httpCheck({ ...base, url: dependency.url });
    case 'command':
      return commandCheck({ ...base, command: dependency.command, args: dependency.args, runProgram });
  }
}
