import {
  levelNumber,
  SandboxLauncher,
  type Launcher,
  type SandboxEvent,
  type SandboxStatus,
  type ToolRegistry,
} from '@mcp/tool-base';

import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { findUser } from '../configuration/rules/sandbox-rules.ts';
import { healthCheckSandboxes } from '../configuration/settings/sandbox-request.ts';
import type { Logger } from '../observability/log/logger.ts';
import type { Toolset } from '../tools/toolset.ts';

/** The launcher of tools, and how often a sandbox could not be used. */
export interface Sandbox {
  readonly launcher: SandboxLauncher;
  readonly failures: () => number;
}

/**
 * Puts sandboxes around the programs of a launcher. Nothing is started or loaded until a tool needs it.
 *
 * @param plain disposed with the result
 */
export function buildSandbox({ sandbox }: ServerConfig, plain: Launcher, logger: Logger): Sandbox {
  let failures = 0;
  const user = sandbox.user === undefined ? undefined : findUser(sandbox.user);
  const launcher = new SandboxLauncher({
    plain,
    user,
    onEvent(event) {
      if (event.type === 'failed') failures += 1;
      logEvent(event, logger);
    },
  });
  return { launcher, failures: () => failures };
}

/** Starts those of tools and of health checks, and ends the others. */
export function prepareSandboxes(
  launcher: Pick<SandboxLauncher, 'prepare'>,
  { sandboxes }: Pick<Toolset, 'sandboxes'>,
  values: ServerConfig,
): void {
  void launcher.prepare([...sandboxes, ...healthCheckSandboxes(values).map(([, request]) => request)]);
}

function logEvent(event: SandboxEvent, logger: Logger): void {
  switch (event.type) {
    case 'ready':
      logger.info(fields(event.status), 'sandbox.ready');
      return;
    case 'failed':
      logger.warn(
        { mechanism: event.mechanism, cause: event.reason, network: event.profile.network },
        'sandbox.failed',
      );
      return;
    case 'changed':
      logger.error(
        { ...fields(event.status), before: event.before.level ?? null, enforcedBefore: event.before.network.by },
        'sandbox.changed',
      );
  }
}

function fields({ level, mechanism, below, network, profile }: SandboxStatus): Record<string, unknown> {
  const { read, write } = profile;
  return {
    // `level` is that of the log line.
    sandbox: level ?? null,
    mechanism,
    read,
    write,
    ...networkFields(profile.network, network),
    ...(below.length > 0 && { below }),
  };
}

function networkFields(mode: string, { by, below }: SandboxStatus['network']): Record<string, unknown> {
  return { network: mode, enforcedBy: by, ...(below.length > 0 && { networkBelow: below }) };
}

/** Why the programs of some tools are confined less than they were, or not started at all; `undefined` when none is. */
export function sandboxProblem({ statuses }: Pick<SandboxLauncher, 'statuses'>): string | undefined {
  const failed = statuses.filter(({ level }) => level === undefined);
  if (failed.length > 0) return 'A sandbox cannot be started: its tools are unavailable.';
  return statuses.some(({ hasFallen }) => hasFallen) ? 'A sandbox is weaker than it was at the start.' : undefined;
}

/** The number of each tool's level, where it is known. */
export function sandboxLevels(registry: ToolRegistry): ReadonlyMap<string, number> {
  return new Map(
    registry.list().flatMap((tool) => {
      const level = tool.info().sandbox?.level ?? null;
      return level === null ? [] : [[tool.name, levelNumber(level)] as const];
    }),
  );
}
