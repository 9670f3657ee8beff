/** The life of the primary: starts the workers, waits for a reason to stop, stops them. Loaded where `server.workers` is above 1. */
import { resolve } from 'node:path';

import type { ConfigStore } from '@mcp/config';

import type { StartedServer } from '../composition/tool-server.ts';
import { drainDelayMs, shutdownGraceMs } from '../configuration/settings/milliseconds.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { repeat, systemClock } from '../foundation/clock.ts';
import type { ServerLog } from '../observability/log/logger.ts';
import { version } from '../foundation/version.ts';
import { createPrimary } from '../workers/primary.ts';
import { WorkerStartError } from '../workers/supervisor.ts';
import { exitOnDefects } from './exit-on-defects.ts';
import { watchHangUps } from './hang-up.ts';
import { invokedAs } from './invoked-as.ts';
import { renderWelcome } from './welcome.ts';
import { print } from './print.ts';

export interface PrimaryOptions {
  readonly store: ConfigStore<ServerConfig>;
  readonly log: ServerLog;
  readonly file: string | undefined;
}

/** The exit code of a server that cannot go on, as for a defect: the supervisor of the machine starts it again. */
const EX_SOFTWARE = 70;
/** What a worker needs to stop beside the times of the configuration: cancelled calls, open connections, the audit log. */
const STOP_MARGIN_MS = 15_000;
const LOG_CHECK_MS = 1000;
/** Timers of the clock do not keep the process alive, and between two workers nothing else would. */
const KEEP_ALIVE_MS = 3_600_000;

/** @returns the exit code, after every worker has ended */
export async function serveWorkers({ store, log, file }: PrimaryOptions): Promise<number> {
  const { logger } = log;
  const { server } = store.snapshot.values;
  const keepAlive = setInterval(() => {}, KEEP_ALIVE_MS);
  const primary = createPrimary(store, logger);
  exitOnDefects(logger);
  const stopRequested = signalToStop();
  const failing = primary.failing.then(() => 'failing' as const);
  let reason: Awaited<typeof stopRequested> | 'failing' | 'start' = 'start';
  try {
    const starting = primary.start().then((report) => report as unknown as StartedServer);
    const started = await Promise.race([starting, stopRequested]);
    if (typeof started === 'string') {
      reason = started;
      starting.catch(() => {});
      return 0;
    }
    const { url, operationsUrl, tools } = started;
    const keyVariable = process.env['MCP_SECURITY_API_KEY'] === undefined ? undefined : 'MCP_SECURITY_API_KEY';
    if (url !== undefined) {
      const program = invokedAs(process.argv, process.env, process.argv0);
      const path = file === undefined ? undefined : resolve(file);
      print(renderWelcome({ ...started, version, url, keyVariable, program, file: path }));
    }
    const { transport, workers } = server;
    logger.info({ version, transport, file, url, operationsUrl, tools: tools.length, workers }, 'server.started');
    using _watching = store.watch();
    using _rotating = repeat(systemClock, LOG_CHECK_MS, log.check);
    watchHangUps().reloadWith(() => {
      // Workers follow the path by themselves.
      log.reopen();
      void store.reload();
    });
    reason = await Promise.race([stopRequested, failing]);
    if (reason === 'failing') logger.fatal('worker.restarts_do_not_help');
    else logger.info({ reason }, 'server.stopping');
    return reason === 'failing' ? EX_SOFTWARE : 0;
  } catch (error) {
    // It has said why.
    if (error instanceof WorkerStartError) return error.exitCode;
    throw error;
  } finally {
    const announce = reason === 'SIGTERM';
    const timeoutMs = (announce ? drainDelayMs(server) : 0) + shutdownGraceMs(server) + STOP_MARGIN_MS;
    await primary.stop(announce, timeoutMs);
    logger.info('server.stopped');
    clearInterval(keepAlive);
  }
}

/** A second signal exits at once; the workers end with this process. */
function signalToStop(): Promise<'SIGTERM' | 'SIGINT'> {
  return new Promise((resolve) => {
    let signalled = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (signalled) process.exit(130);
        signalled = true;
        resolve(signal);
      });
    }
  });
}
