import { createShutdown, disposal } from './shutdown.ts';
import { buildCalls, type Calls } from './build-calls.ts';
import { buildMcp } from './build-mcp.ts';
import { buildSandbox } from './build-sandbox.ts';
import { buildObservability } from './build-observability.ts';
import type { ToolServerOptions } from './tool-server.ts';
import { runSetups } from '../modules/load-modules.ts';
import type { ActiveCredentials } from '../access/active-credentials.ts';

/** The tools of a configuration, ready to be called in this process. No transport is opened and no health check runs. */
export type InProcessTools = Pick<Calls, 'gateway' | 'toolset'> & AsyncDisposable;

/**
 * Disposing ends every program, writes the audit log and disposes the launcher and the store.
 *
 * @throws {StartError} when the setup of a module fails
 */
export async function openInProcessTools(options: ToolServerOptions): Promise<InProcessTools> {
  const { store, logger, tracer, modules, restTools } = options;
  const { launcher } = buildSandbox(store.snapshot.values, options.launcher, logger);
  const observability = buildObservability({ store, launcher, logger, tracer });
  const calls = buildCalls({ store, launcher, modules, restTools, observability });
  const mcp = buildMcp({
    store,
    modules,
    callers: noCallers,
    calls,
    observability,
    configuration: () => store.describe(),
  });
  const dispose = createShutdown({
    onStepFailed: (step, error) => logger.error({ err: error, step }, 'server.stop_step_failed'),
    steps: [
      { name: 'running calls', run: () => calls.drain() },
      disposal('MCP', mcp),
      disposal('tools', calls),
      disposal('observability', observability),
      disposal('configuration', store),
    ],
  });
  try {
    await runSetups(modules.setups, mcp.moduleHost);
    await observability.audit.checkStore();
  } catch (error) {
    await dispose();
    throw error;
  }
  return { gateway: calls.gateway, toolset: calls.toolset, [Symbol.asyncDispose]: dispose };
}

/** Without a transport there are no sessions or streams whose caller could lose access. */
const noCallers: ActiveCredentials = {
  has: () => true,
  expiresAtMs: () => undefined,
  onChanged: () => ({ [Symbol.dispose]: () => {} }),
};
