/** The server as a whole: its parts, how it starts, and in which order it stops. */
import { drainDelayMs } from '../configuration/settings/milliseconds.ts';
import { buildParts, type ServerParts } from './build-parts.ts';
import { createShutdown, disposal, elapsed, type StopStep } from './shutdown.ts';
import { startServer } from './start-server.ts';
import type { ToolServer, ToolServerOptions } from './tool-server.ts';

const STOPPING = 'the server is stopping';

export function createToolServer(options: ToolServerOptions): ToolServer {
  const { store, logger } = options;
  const parts = buildParts(options);
  let isClientGone = false;
  const stop = createShutdown({
    onStepFailed: (step, error) => logger.error({ err: error, step }, 'server.stop_step_failed'),
    steps: [...stopSteps(parts, () => isClientGone), disposal('configuration', store)],
  });
  return {
    start: (stdio) => startServer(options, parts, stdio),
    announceStop: () => announceStop(parts, drainDelayMs(store.snapshot.values.server)),
    stop(cause) {
      isClientGone ||= cause?.isClientGone === true;
      return stop();
    },
  };
}

async function announceStop({ observability, http }: ServerParts, delayMs: number): Promise<void> {
  observability.health.drain(STOPPING);
  if (delayMs === 0) return;
  const { listeners } = http;
  await elapsed(delayMs / 2);
  for (const listener of listeners) listener.releaseConnections();
  await elapsed(delayMs / 4);
  await Promise.all(listeners.map((listener) => listener.stopListening()));
  await elapsed(delayMs / 4);
  // On a connection that stayed open, a proxy would send a call to be refused.
  await Promise.all(listeners.map((listener) => listener.closeIdleConnections()));
}

/** No new work, then the calls that run, then what they need. */
function stopSteps(parts: ServerParts, isClientGone: () => boolean): StopStep[] {
  const { observability, calls, cluster, mcp, upstreams, apis, http, reloads, rejectedReloads } = parts;
  return [
    { name: 'readiness', run: () => observability.health.drain(STOPPING) },
    {
      name: 'running calls',
      run: () => calls.drain({ isAnswered: mcp.isAnswered, isClientGone: isClientGone() }),
    },
    disposal('MCP', mcp),
    disposal('HTTP', http),
    disposal('upstreams', upstreams),
    { name: 'APIs', run: () => apis[Symbol.dispose]() },
    disposal('tools', calls),
    ...(cluster ? [disposal('cluster', cluster)] : []),
    { name: 'reloads', run: () => reloads[Symbol.dispose]() },
    { name: 'rejected reloads', run: () => rejectedReloads[Symbol.dispose]() },
    disposal('observability', observability),
  ];
}
