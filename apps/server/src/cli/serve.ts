/** The life of the server process: start, wait for a reason to stop, stop in order. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Launcher } from '@mcp/tool-base';

import { callersWithGuessableKeys } from '../access/access-control.ts';
import { loadConfiguration, type ConfigurationSource } from '../composition/load-configuration.ts';
import { noticeText, type ConfigStore } from '@mcp/config';
import { openLog, type Logger } from '../observability/log/logger.ts';
import { openEngine } from '../cluster/open-engine.ts';
import { createToolServer } from '../composition/create-server.ts';
import { openTracer } from '../observability/tracing/open-tracer.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import type { Channel } from '../worker-channel/channel.ts';
import { endProcess } from './end-process.ts';
import { exitOnDefects } from './exit-on-defects.ts';
import { watchHangUps } from './hang-up.ts';
import { invokedAs } from './invoked-as.ts';
import { openFiles } from './doctor/open-files.ts';
import { processAdvice } from './process-advice.ts';
import { reserveStreams, type ProtocolStreams } from './protocol-streams.ts';
import { renderWelcome } from './welcome.ts';
import { version } from '../foundation/version.ts';
import { print } from './print.ts';

/**
 * @param launcher disposed with the server, also when the server cannot start
 * @returns the exit code, after everything has stopped
 */
export async function serve(options: ConfigurationSource, launcher: Launcher): Promise<number> {
  let streams: ProtocolStreams | undefined;
  const beforeModules = ({ server }: ServerConfig): void => {
    if (server.transport === 'stdio') streams = reserveStreams();
  };
  const { store, modules, restTools, file } = await loadConfiguration(options, beforeModules).catch(
    async (error: unknown) => {
      await launcher[Symbol.asyncDispose]();
      throw error;
    },
  );
  const { values } = store.snapshot;
  const worker =
    values.server.workers === 1 ? undefined : await (await import('../workers/join-primary.ts')).joinPrimary();
  const log = await openLog(values.logging, worker?.number);
  const { logger } = log;
  process.once('exit', log.flush);
  if (!worker) adviseOperator(store, logger);
  if (!worker && values.server.workers > 1) {
    // Its workers have launchers of their own.
    await launcher[Symbol.asyncDispose]();
    const { serveWorkers } = await import('./serve-workers.ts');
    return serveWorkers({ store, log, file });
  }

  const server = createToolServer({
    store,
    launcher,
    logger,
    modules,
    restTools,
    tracer: await openTracer(process.env, logger),
    engine: await openEngine(values, worker),
    worker,
  });
  let isClientGone = false;
  const stopRequested = reasonToStop(streams, worker?.channel);
  exitOnDefects(logger);
  try {
    const started = await server.start(streams ?? { input: process.stdin, output: process.stdout });
    const { url, operationsUrl, tools } = started;
    if (worker) {
      worker.channel.tell('started', { ...started });
    } else if (url !== undefined) {
      const keyVariable = process.env['MCP_SECURITY_API_KEY'] === undefined ? undefined : 'MCP_SECURITY_API_KEY';
      const program = invokedAs(process.argv, process.env, process.argv0);
      const path = file === undefined ? undefined : resolve(file);
      print(renderWelcome({ ...started, version, url, keyVariable, program, file: path }));
    }
    logger.info(
      { version, transport: values.server.transport, file, url, operationsUrl, tools: tools.length },
      'server.started',
    );
    // The primary reads the configuration again for its workers, and stops them.
    using _watching = worker ? undefined : store.watch();
    watchHangUps().reloadWith(() => {
      if (worker) return;
      log.reopen();
      void store.reload();
    });
    const reason = await stopRequested;
    logger.info({ reason }, 'server.stopping');
    isClientGone = reason === END_OF_INPUT || reason === END_OF_OUTPUT;
    // A person at a terminal does not wait for a load balancer.
    if (reason === 'SIGTERM') await server.announceStop();
  } finally {
    await server.stop({ isClientGone });
  }
  logger.info('server.stopped');
  if (worker) process.disconnect();
  return 0;
}

function adviseOperator({ notices, snapshot }: ConfigStore<ServerConfig>, logger: Logger): void {
  for (const notice of notices) logger.warn(noticeText(notice));
  for (const caller of callersWithGuessableKeys(snapshot.values)) logger.warn({ caller }, 'access.key_too_short');
  const { server, security } = snapshot.values;
  const files = openFiles(processLimits(), {
    maxConnections: server.transport === 'http' ? server.maxConnections : 0,
    concurrency: security.concurrencyLimit,
  });
  for (const advice of processAdvice({ uid: process.getuid?.(), pid: process.pid, files })) logger.warn(advice);
}

function processLimits(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined;
  }
}

const INTERRUPTED = 130;
const END_OF_INPUT = 'end of stdin';
const END_OF_OUTPUT = 'end of stdout';

/** SIGTERM, SIGINT, and over stdio the end of its streams. A second signal exits at once. */
function reasonToStop(streams: ProtocolStreams | undefined, primary: Channel | undefined): Promise<string> {
  return new Promise((resolve) => {
    let signalled = false;
    const onSignal = (signal: string): void => {
      if (signalled) {
        process.exitCode = INTERRUPTED;
        endProcess();
      }
      signalled = true;
      resolve(signal);
    };
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
    primary?.on('stop', (announce: boolean) => resolve(announce ? 'SIGTERM' : 'SIGINT'));
    if (streams) {
      const { input, output } = streams;
      input.once('end', () => resolve(END_OF_INPUT)).once('close', () => resolve(END_OF_INPUT));
      // The client is gone, though another process may still hold stdin open.
      output.once('error', () => resolve(END_OF_OUTPUT)).once('close', () => resolve(END_OF_OUTPUT));
    }
  });
}
